package dev.parley.packaged;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A request has no reply: it may have been sent or not, and may have taken effect or not. */
public final class NoReply extends UncheckedIOException {
    private static final long serialVersionUID = 1L;

    NoReply(IOException cause) {
        super(cause);
    }
}
