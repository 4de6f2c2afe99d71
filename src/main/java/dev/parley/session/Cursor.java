package dev.parley.session;

import dev.parley.session.SignalingException.Malformed;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where a page ended. To a client it is an opaque word; inside it names the last item seen, so that a list can be continued
 * while it changes: an item is neither shown twice nor skipped because another one came or went.
 *
 * @param position the last item, in the terms of the list it belongs to
 */
public record Cursor(String position) {
    public static Cursor at(long id) {
        return new Cursor(Long.toString(id));
    }

    /** @throws Malformed if {@code word} is not a cursor that this service made */
    public static Cursor parse(String word) {
        try {
            byte[] utf8 = Base64.getUrlDecoder().decode(word);
            String position = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            if (position.indexOf('\0') >= 0) {
                throw unknown(); // no text that is kept holds it
            }
            return new Cursor(position);
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw unknown();
        }
    }

    /**
     * The position as a row's id.
     *
     * @throws Malformed if it is none
     */
    public long id() {
        return WholeNumber.parse(position).orElseThrow(Cursor::unknown);
    }

    /**
     * The position in a list of texts that begin with {@code prefix}.
     *
     * @throws Malformed if it is none of them
     */
    public String text(String prefix) {
        if (!position.startsWith(prefix)) {
            throw unknown();
        }
        return position;
    }

    /** The word that a client sends back. */
    public String word() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
    }

    private static Malformed unknown() {
        return new Malformed("cursor is not one that this list returned; start again without it.");
    }
}
