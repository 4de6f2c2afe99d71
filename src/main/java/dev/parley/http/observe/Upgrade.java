package dev.parley.http.observe;

import io.vertx.ext.web.RoutingContext;

/** Observes a request whose connection becomes a channel: the framework ends its reply without the events of other replies. */
public final class Upgrade {
    private static final String KEY = Upgrade.class.getName();

    private Upgrade() {}

    /** Sets what is done for the reply if the request is upgraded. */
    public static void prepare(RoutingContext context, Runnable completion) {
        context.put(KEY, completion);
    }

    /** Completes and records the reply; to be called before the protocols are switched. */
    public static void complete(RoutingContext context) {
        context.<Runnable>remove(KEY).run();
    }
}
