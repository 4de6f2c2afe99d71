package dev.parley.session;

import dev.parley.session.SignalingException.Malformed;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next the cursor of the next page, or null at the end
 */
public record Page<T>(List<T> items, @Nullable Cursor next) {
    /**
     * The end of a page, opaque to clients. It names the last item, so that a list can be continued while it changes: no item is repeated or
     * skipped because another one was added or removed.
     *
     * @param position the last item, in the terms of its list
     */
    public record Cursor(String position) {
        public static Cursor at(long id) {
            return new Cursor(Long.toString(id));
        }

        /** @throws Malformed if {@code word} is not a cursor of this service */
        public static Cursor parse(String word) {
            try {
                byte[] utf8 = Base64.getUrlDecoder().decode(word);
                String position = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(utf8))
                        .toString();
                if (position.indexOf('\0') >= 0) {
                    throw unknown(); // no stored text contains it
                }
                return new Cursor(position);
            } catch (IllegalArgumentException | CharacterCodingException e) {
                throw unknown();
            }
        }

        /**
         * The position as a row's id.
         *
         * @throws Malformed if it is not an id
         */
        public long id() {
            return WholeNumber.parse(position).orElseThrow(Cursor::unknown);
        }

        /**
         * The position in a list of texts that begin with {@code prefix}.
         *
         * @throws Malformed if it does not
         */
        public String text(String prefix) {
            if (!position.startsWith(prefix)) {
                throw unknown();
            }
            return position;
        }

        /** The form that clients send back. */
        public String word() {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
        }

        private static Malformed unknown() {
            return new Malformed("cursor is not one that this list returned; start again without it.");
        }
    }
}
