package dev.parley.http.channel;

import static dev.parley.http.channel.Operation.Field.AFTER;
import static dev.parley.http.channel.Operation.Field.BODY;
import static dev.parley.http.channel.Operation.Field.BOOKMARK;
import static dev.parley.http.channel.Operation.Field.CODE;
import static dev.parley.http.channel.Operation.Field.CURSOR;
import static dev.parley.http.channel.Operation.Field.ETAG;
import static dev.parley.http.channel.Operation.Field.IF_MATCH;
import static dev.parley.http.channel.Operation.Field.LEASE;
import static dev.parley.http.channel.Operation.Field.LIMIT;
import static dev.parley.http.channel.Operation.Field.NAMESPACE;
import static dev.parley.http.channel.Operation.Field.TAG;
import static dev.parley.http.channel.Operation.Field.TOKEN;
import static dev.parley.http.channel.Operation.Field.TOPIC;

import dev.parley.access.Role;
import dev.parley.http.api.Requests;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An operation of the channel: its name, who may request it, and the fields of its messages. */
@SuppressWarnings("ImmutableEnumChecker") // nothing changes the collections
enum Operation {
    HELLO(
            "hello",
            readers(),
            "May be the first request: chooses the namespace, and the bookmark of reads.",
            List.of(),
            BOOKMARK,
            NAMESPACE),
    OPEN("open", Requests.Open.class, "Opens a session and watches it.", List.of("Joined"), TOKEN, LEASE),
    READ(
            "read",
            readers(),
            "Reads a session; with after, its events.",
            List.of("Session", "Events"),
            CODE,
            AFTER,
            LIMIT,
            BOOKMARK),
    ANSWER(
            "answer",
            Requests.Answer.class,
            "Answers a session and watches it after a number.",
            List.of("Joined"),
            CODE,
            TOKEN,
            AFTER),
    TRICKLE("trickle", Requests.Candidates.class, "Adds candidates.", List.of("Trickled"), CODE, TOKEN),
    RESTART("restart", Requests.Offer.class, "Replaces the offer.", List.of("Joined"), CODE, TOKEN, IF_MATCH),
    EXTEND("extend", Requests.Ttl.class, "Sets the time to live.", List.of("Extended"), CODE, TOKEN),
    CLOSE("close", peers(), "Deletes a session.", List.of(), CODE, TOKEN),
    FIND("find", readers(), "Finds unanswered sessions.", List.of("Sessions"), TOPIC, TAG, LIMIT, CURSOR, BOOKMARK),
    ICE_SERVERS("ice-servers", peers(), "Gets the STUN and TURN servers.", List.of("IceServers")),
    WATCH(
            "watch",
            readers(),
            "Watches a session after a number, or a topic; with token and lease, keeps the session.",
            List.of(),
            CODE,
            AFTER,
            ETAG,
            TOKEN,
            LEASE,
            TOPIC,
            TAG,
            BOOKMARK),
    UNWATCH("unwatch", readers(), "Ends a watch.", List.of(), CODE, TOPIC);

    /** A member of a message, beside {@code id} and {@code op}. */
    enum Field {
        CODE("code", "The code of the session."),
        TOKEN("token", "The session token of the side, as Session-Token over HTTP."),
        BODY("body", "The body of the call over HTTP."),
        AFTER("after", "The number of the last event that the client has; 0 if absent."),
        LIMIT("limit", "The maximum number of items."),
        LEASE("lease", "Seconds from 1 to 3600 after which the session is closed when its channel is gone."),
        CURSOR("cursor", "next of the page before."),
        TOPIC("topic", "The topic of the sessions."),
        TAG("tag", "Only sessions that carry it."),
        IF_MATCH("ifMatch", "The etag of the session that the offer replaces, as If-Match over HTTP."),
        ETAG(
                "etag",
                "The etag of a reply of the session to which after belongs. If the code has another session now, its events are pushed from the first on."),
        BOOKMARK("bookmark", "How recent reads must be, as x-d1-bookmark over HTTP."),
        NAMESPACE("namespace", "The namespace of the channel, as Parley-Namespace over HTTP.");

        private static final Map<String, Field> BY_NAME =
                Arrays.stream(values()).collect(Collectors.toMap(Field::json, Function.identity()));

        private final String json;
        private final String description;

        Field(String json, String description) {
            this.json = json;
            this.description = description;
        }

        String description() {
            return description;
        }

        /** The name in JSON. */
        String json() {
            return json;
        }

        static @Nullable Field named(String name) {
            return BY_NAME.get(name);
        }
    }

    private static final Map<String, Operation> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(Operation::word, Function.identity()));

    private final String word;
    private final Set<Role> roles;
    private final @Nullable Class<?> body;
    private final String description;
    private final List<String> replies;
    private final Set<Field> fields;

    Operation(String word, Class<?> body, String description, List<String> replies, Field... fields) {
        this(word, body, peers(), description, replies, fields);
    }

    Operation(String word, Set<Role> roles, String description, List<String> replies, Field... fields) {
        this(word, null, roles, description, replies, fields);
    }

    Operation(
            String word,
            @Nullable Class<?> body,
            Set<Role> roles,
            String description,
            List<String> replies,
            Field... fields) {
        this.word = word;
        this.roles = roles;
        this.body = body;
        this.description = description;
        this.replies = replies;
        this.fields = EnumSet.noneOf(Field.class);
        this.fields.addAll(List.of(fields));
        if (body != null) {
            this.fields.add(BODY);
        }
    }

    private static Set<Role> readers() {
        return EnumSet.of(Role.PEER, Role.OBSERVER);
    }

    private static Set<Role> peers() {
        return EnumSet.of(Role.PEER);
    }

    static @Nullable Operation named(String word) {
        return BY_NAME.get(word);
    }

    /** The value of {@code op}. */
    String word() {
        return word;
    }

    /** The roles of which any is sufficient, where credentials are required. */
    Set<Role> roles() {
        return roles;
    }

    /** The type of the body; null for an operation without one. */
    @Nullable
    Class<?> body() {
        return body;
    }

    String description() {
        return description;
    }

    /** The schemas of the OpenAPI document of which the body of a reply has one; empty if it has no body. */
    List<String> replies() {
        return replies;
    }

    boolean has(Field field) {
        return fields.contains(field);
    }
}
