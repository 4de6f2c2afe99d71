package dev.parley.store;

import dev.parley.session.SignalingException;

/** A refusal together with the position of the node that decided it. {@link Futures#cause} returns the refusal alone. */
public final class RefusedBy extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final SignalingException refusal;
    private final transient ReplyPosition position;

    public RefusedBy(SignalingException refusal, ReplyPosition position) {
        super(null, refusal, false, false); // an ordinary reply needs no stack trace
        this.refusal = refusal;
        this.position = position;
    }

    public SignalingException refusal() {
        return refusal;
    }

    public ReplyPosition position() {
        return position;
    }
}
