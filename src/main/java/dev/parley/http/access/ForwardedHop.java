package dev.parley.http.access;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one proxy reports about the request that it received.
 *
 * @param client the address that sent the request, possibly with a port; empty if the proxy reports none
 * @param scheme the scheme of that request
 * @param host the {@code Host} of that request
 */
record ForwardedHop(
        String client, @Nullable String scheme, @Nullable String host) {
    /**
     * One parameter of {@code Forwarded} (RFC 7239, section 4) and the separator behind it. A value ends at a delimiter, because some
     * proxies do not quote the colon of a port. The group of a quoted string is possessive: otherwise the expression would recurse
     * once for each escaped character.
     */
    private static final Pattern PARAMETER = Pattern.compile(
            "[ \\t]*(?:([^ \\t,;=\"]+)=(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^ \\t,;=\"]*)))?[ \\t]*([,;]|$)");

    private static final ForwardedHop UNREADABLE = new ForwardedHop("unknown", null, null);

    /** The hops in the lines of {@code Forwarded}, in the order of the proxies; a malformed line is one hop with an unknown client. */
    static List<ForwardedHop> ofForwarded(List<String> lines) {
        var hops = new ArrayList<ForwardedHop>();
        for (String line : lines) {
            List<ForwardedHop> parsed = parse(line);
            hops.addAll(parsed == null ? List.of(UNREADABLE) : parsed);
        }
        return hops;
    }

    private static @Nullable List<ForwardedHop> parse(String line) {
        var hops = new ArrayList<ForwardedHop>();
        var empty = new ForwardedHop("", null, null);
        ForwardedHop hop = null;
        Matcher parameter = PARAMETER.matcher(line);
        for (boolean last = false; !last; parameter.region(parameter.end(), line.length())) {
            if (!parameter.lookingAt()) {
                return null;
            }
            if (parameter.group(1) != null) {
                hop = (hop == null ? empty : hop).with(parameter.group(1).toLowerCase(Locale.ROOT), value(parameter));
            }
            last = parameter.group(4).isEmpty();
            if (hop != null
                    && !parameter.group(4).equals(";")) { // empty elements count as none (RFC 9110, section 5.6.1.2)
                hops.add(hop);
                hop = null;
            }
        }
        return hops;
    }

    private static String value(Matcher parameter) {
        String quoted = parameter.group(2);
        return quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1");
    }

    private ForwardedHop with(String name, String value) {
        return switch (name) {
            case "for" -> new ForwardedHop(value, scheme, host);
            case "proto" -> new ForwardedHop(client, value, host);
            case "host" -> new ForwardedHop(client, scheme, value);
            default -> this; // "by", and extensions
        };
    }

    /**
     * The hops in {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. The lists may differ in length; they are aligned at their
     * ends, because each proxy appends.
     */
    static List<ForwardedHop> ofXForwarded(List<String> clients, List<String> schemes, List<String> hosts) {
        List<List<String>> lists = List.of(split(clients), split(schemes), split(hosts));
        int size = lists.stream().mapToInt(List::size).max().orElse(0);
        var hops = new ArrayList<ForwardedHop>();
        for (int fromEnd = size; fromEnd > 0; fromEnd--) {
            String client = fromEnd(lists.get(0), fromEnd);
            hops.add(new ForwardedHop(
                    client == null ? "" : client, fromEnd(lists.get(1), fromEnd), fromEnd(lists.get(2), fromEnd)));
        }
        return hops;
    }

    private static List<String> split(List<String> lines) {
        return lines.stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    private static @Nullable String fromEnd(List<String> list, int fromEnd) {
        String value = fromEnd > list.size() ? "" : list.get(list.size() - fromEnd);
        return value.isEmpty() ? null : value;
    }
}
