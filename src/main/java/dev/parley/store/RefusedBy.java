package dev.parley.store;

import dev.parley.session.SignalingException;

/** A refusal together with the node that decided it. {@link Futures#cause} tells the refusal alone. */
public final class RefusedBy extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final SignalingException refusal;
    private final transient ReplyPosition standpoint;

    /** @param standpoint which node decided, and how new the state is that it looked at */
    public RefusedBy(SignalingException refusal, ReplyPosition standpoint) {
        super(null, refusal, false, false); // no accident, so no stack trace
        this.refusal = refusal;
        this.standpoint = standpoint;
    }

    public SignalingException refusal() {
        return refusal;
    }

    public ReplyPosition standpoint() {
        return standpoint;
    }
}
