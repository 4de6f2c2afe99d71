package dev.parley.campaigns.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.parley.config.InvalidConfiguration;
import dev.parley.http.HttpParsers;
import dev.parley.http.channel.ChannelParsers;
import dev.parley.http.whip.WhipParsers;
import dev.parley.ice.IceUri;
import dev.parley.session.Code;
import dev.parley.session.Page.Cursor;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException;
import dev.parley.store.Bookmark;
import dev.parley.store.Node;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.StoreUrl;
import dev.parley.store.admin.AdminRefused;
import dev.parley.store.admin.ReadOnlyQuery;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Every parser of untrusted text accepts it or rejects it as bad input; no bytes make it fail, and accepted text is returned unchanged.
 *
 * <p>The first byte of an input selects the parser of the rest, so that one run of Jazzer explores all parsers:
 * {@code JAZZER_FUZZ=1 ./mvnw test -Dtest=ParsersFuzzTest}. An ordinary run of the tests excludes this class, because Jazzer
 * instruments the whole virtual machine; {@link ParsersTest} runs the inputs that are kept.
 */
class ParsersFuzzTest {
    private static final String SECRET_OF_A_URL = "hunter2";

    @FuzzTest(maxDuration = "10m")
    void textIsAcceptedOrRejected(byte[] input) {
        parse(input);
    }

    /** Fails if {@code input} makes its parser fail. */
    static void parse(byte[] input) {
        if (input.length == 0) {
            return;
        }
        char parser = (char) input[0];
        try {
            parse(parser, Arrays.copyOfRange(input, 1, input.length));
        } catch (SignalingException | InvalidConfiguration | AdminRefused e) {
            // rejected as bad input
        } catch (IllegalArgumentException e) {
            if (parser != 'd' && parser != 'e') { // IceUri rejects with this exception
                throw e;
            }
        }
    }

    private static void parse(char parser, byte[] input) {
        String text = new String(input, UTF_8);
        switch (parser) {
            case 'o' -> HttpParsers.open(input);
            case 'a' -> HttpParsers.answer(input);
            case 'c' -> HttpParsers.candidates(input);
            case 'l' -> HttpParsers.ttl(input);
            case 'b' -> require(Bookmark.parse(text).text().equals(text), "a bookmark has one text");
            case 't' -> {
                var token = new SessionToken(text);
                require(token.hash().equals(new SessionToken(token.secret()).hash()), "a token has one hash");
                require(!token.toString().contains(token.secret()), "a token is masked");
            }
            case 'n' -> require(Code.isUnreserved(new Code(text).text()), "a code needs no escape in a URL");
            case 'u' -> {
                Cursor cursor = Cursor.parse(text);
                require(Cursor.parse(cursor.word()).equals(cursor), "a cursor is parsed from its word");
                cursor.id();
            }
            case 's' -> {
                if (StoreUrl.parse(StoreUrl.KEY, text) instanceof StoreUrl.Postgres url) {
                    require(!url.toString().contains(":" + SECRET_OF_A_URL), "a password is masked");
                }
            }
            case 'r' -> ReplicaUrl.parse(Optional.of(text), new Node("main", "eu", true));
            case 'p' -> ReplicaUrl.primary(text);
            case 'm' -> HttpParsers.ifMatch(text);
            case 'i' -> HttpParsers.ifNoneMatch(text);
            case 'w' -> require(HttpParsers.preferenceIsInBounds(text), "a wait is in its bounds");
            case 'g' -> HttpParsers.target(text);
            case 'd' -> IceUri.stun(text);
            case 'e' -> IceUri.turn(text);
            case 'q' -> new ReadOnlyQuery(text);
            case 'v' -> require(isReadOrRefused(input), "a message is read or refused");
            case 'f' -> WhipParsers.fragment(text);
            case 'h' -> WhipParsers.offer(input);
            default -> {}
        }
    }

    private static boolean isReadOrRefused(byte[] message) {
        try {
            return ChannelParsers.isReadOrRefused(message);
        } catch (IOException e) {
            throw new AssertionError("The id is not JSON", e);
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
