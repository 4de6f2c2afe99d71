package dev.parley.packaged;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A request was sent, or not even that, and no reply came: what it asked for may or may not have happened. */
public final class NoReply extends UncheckedIOException {
    private static final long serialVersionUID = 1L;

    NoReply(IOException cause) {
        super(cause);
    }
}
