package dev.parley.http.channel;

import dev.parley.http.channel.Operation.Field;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.Malformed;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request of a client. A field that is absent is null, or -1.
 *
 * @param id as the client sent it, in JSON; null where the message had none that could be read
 * @param operation null where the message had none that could be read, which {@code refusal} says then
 * @param refusal why the message cannot be run; null where it can
 */
record Message(
        @Nullable String id,
        @Nullable Operation operation,
        @Nullable String code,
        @Nullable String token,
        @Nullable String topic,
        @Nullable String tag,
        @Nullable String cursor,
        @Nullable String ifMatch,
        @Nullable String etag,
        @Nullable String bookmark,
        @Nullable String namespace,
        long after,
        long limit,
        long lease,
        @Nullable Object body,
        @Nullable SignalingException refusal) {
    static final long ABSENT = -1;

    /** The operation of a message that can be run. */
    Operation requested() {
        return Objects.requireNonNull(operation);
    }

    @Nullable
    SessionToken sessionToken() {
        return token == null ? null : new SessionToken(token);
    }

    /** The requested time of a lease; null for none. */
    @Nullable
    Duration leaseTime() {
        return lease == ABSENT ? null : Duration.ofSeconds(lease);
    }

    /** @throws Malformed if the body is absent */
    <T> T body(Class<T> type) {
        return type.cast(required(Field.BODY, body));
    }

    /** @throws Malformed if {@code value}, of {@code field}, is absent */
    static <T> T required(Field field, @Nullable T value) {
        if (value == null) {
            throw new Malformed("The field \"" + field.json() + "\" is missing.");
        }
        return value;
    }
}
