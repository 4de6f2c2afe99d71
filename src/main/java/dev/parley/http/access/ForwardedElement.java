package dev.parley.http.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One element of the header {@code Forwarded} (RFC 7239, section 4): what one proxy says about the request that it received.
 *
 * @param client the node that sent it the request, with a port where it named one; empty where it named none
 * @param scheme the scheme of that request
 * @param host the {@code Host} of that request
 */
record ForwardedElement(
        String client, @Nullable String scheme, @Nullable String host) {
    /** An element that says nothing that can be understood. */
    static final ForwardedElement UNREADABLE = new ForwardedElement("unknown", null, null);

    /** The elements of all lines of the header, in the order of the proxies; a line that breaks the grammar is one unreadable element. */
    static List<ForwardedElement> parse(List<String> lines) {
        var elements = new ArrayList<ForwardedElement>();
        for (String line : lines) {
            var scanner = new Scanner(line);
            List<ForwardedElement> read = scanner.elements();
            elements.addAll(read == null ? List.of(UNREADABLE) : read);
        }
        return elements;
    }

    /** By hand, because a regular expression for quoted strings recurses once for each character that a stranger escapes. */
    private static final class Scanner {
        private final String line;
        private int at;

        Scanner(String line) {
            this.line = line;
        }

        /** All elements; null if the line breaks the grammar. */
        @Nullable
        List<ForwardedElement> elements() {
            var elements = new ArrayList<ForwardedElement>();
            String client = "";
            String scheme = null;
            String host = null;
            boolean empty = true;
            while (true) {
                skipSpace();
                String name = token().toLowerCase(Locale.ROOT);
                if (!name.isEmpty()) {
                    String value = takes('=') ? value() : null;
                    if (value == null) {
                        return null;
                    }
                    empty = false;
                    switch (name) {
                        case "for" -> client = value;
                        case "proto" -> scheme = value;
                        case "host" -> host = value;
                        default -> {} // "by", and what extensions add
                    }
                }
                skipSpace();
                boolean ended = at == line.length();
                if (ended || takes(',')) {
                    if (!empty) { // a list may have empty elements (RFC 9110, section 5.6.1.2)
                        elements.add(new ForwardedElement(client, scheme, host));
                    }
                    client = "";
                    scheme = null;
                    host = null;
                    empty = true;
                } else if (!takes(';')) {
                    return null;
                }
                if (ended) {
                    return elements;
                }
            }
        }

        private @Nullable String value() {
            return takes('"') ? quoted() : token();
        }

        /** What is left of a quoted string (RFC 9110, section 5.6.4); null if it does not end. */
        private @Nullable String quoted() {
            var text = new StringBuilder();
            while (at < line.length()) {
                char c = line.charAt(at++);
                if (c == '"') {
                    return text.toString();
                }
                if (c == '\\' && at < line.length()) {
                    c = line.charAt(at++);
                }
                text.append(c);
            }
            return null;
        }

        /** As long as there is no delimiter: some proxies do not quote the colons of a port, which RFC 7239 would have quoted. */
        private String token() {
            int from = at;
            while (at < line.length() && " \t,;=\"".indexOf(line.charAt(at)) < 0) {
                at++;
            }
            return line.substring(from, at);
        }

        private void skipSpace() {
            while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
                at++;
            }
        }

        private boolean takes(char c) {
            boolean taken = at < line.length() && line.charAt(at) == c;
            at += taken ? 1 : 0;
            return taken;
        }
    }
}
