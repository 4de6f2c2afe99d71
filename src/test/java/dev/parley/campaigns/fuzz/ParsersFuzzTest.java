package dev.parley.campaigns.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.parley.config.InvalidConfiguration;
import dev.parley.http.HttpParsers;
import dev.parley.ice.IceUri;
import dev.parley.session.Code;
import dev.parley.session.Cursor;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException;
import dev.parley.store.Bookmark;
import dev.parley.store.Node;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.StoreUrl;
import dev.parley.store.admin.AdminRefused;
import dev.parley.store.admin.ReadOnlyQuery;
import java.util.Arrays;
import java.util.Optional;

/**
 * Everything that parses text of strangers either takes it or refuses it as bad input; no bytes make it fail, and what it takes
 * it gives back.
 *
 * <p>The first byte of an input says which parser gets the rest, so one run of Jazzer's looks for ways through all of them:
 * {@code JAZZER_FUZZ=1 ./mvnw test -Dtest=ParsersFuzzTest}. An ordinary run of the tests leaves this class out, because Jazzer
 * instruments the whole virtual machine; {@link ParsersTest} tries the inputs that are kept.
 */
class ParsersFuzzTest {
    private static final String SECRET_OF_A_URL = "hunter2";

    /** One parser, with what must be so when it did not refuse. */
    private enum Parser {
        OPEN('o') {
            @Override
            void parse(byte[] input) {
                HttpParsers.open(input);
            }
        },
        ANSWER('a') {
            @Override
            void parse(byte[] input) {
                HttpParsers.answer(input);
            }
        },
        CANDIDATES('c') {
            @Override
            void parse(byte[] input) {
                HttpParsers.candidates(input);
            }
        },
        TTL('l') {
            @Override
            void parse(byte[] input) {
                HttpParsers.ttl(input);
            }
        },
        BOOKMARK('b') {
            @Override
            void parse(byte[] input) {
                Bookmark bookmark = Bookmark.parse(text(input));
                require(bookmark.text().equals(text(input)), "a bookmark has one text");
            }
        },
        TOKEN('t') {
            @Override
            void parse(byte[] input) {
                var token = new SessionToken(text(input));
                require(token.hash().equals(new SessionToken(token.secret()).hash()), "it has one hash");
                require(!token.toString().contains(token.secret()), "it does not tell itself");
            }
        },
        CODE('n') {
            @Override
            void parse(byte[] input) {
                require(Code.isUnreserved(new Code(text(input)).text()), "it may stand in a URL as it is");
            }
        },
        CURSOR('u') {
            @Override
            void parse(byte[] input) {
                Cursor cursor = Cursor.parse(text(input));
                require(Cursor.parse(cursor.word()).equals(cursor), "its word leads back to it");
                cursor.id();
            }
        },
        STORE_URL('s') {
            @Override
            void parse(byte[] input) {
                if (StoreUrl.parse(StoreUrl.KEY, text(input)) instanceof StoreUrl.Postgres url) {
                    require(!url.toString().contains(":" + SECRET_OF_A_URL), "its password is masked");
                }
            }
        },
        REPLICAS('r') {
            @Override
            void parse(byte[] input) {
                ReplicaUrl.parse(Optional.of(text(input)), new Node("main", "eu", true));
            }
        },
        PRIMARY('p') {
            @Override
            void parse(byte[] input) {
                ReplicaUrl.primary(text(input));
            }
        },
        IF_MATCH('m') {
            @Override
            void parse(byte[] input) {
                HttpParsers.ifMatch(text(input));
            }
        },
        IF_NONE_MATCH('i') {
            @Override
            void parse(byte[] input) {
                HttpParsers.ifNoneMatch(text(input));
            }
        },
        PREFER('w') {
            @Override
            void parse(byte[] input) {
                require(HttpParsers.preferenceIsInBounds(text(input)), "a wait is in its bounds");
            }
        },
        TARGET('g') {
            @Override
            void parse(byte[] input) {
                HttpParsers.target(text(input));
            }
        },
        STUN('d') {
            @Override
            void parse(byte[] input) {
                IceUri.stun(text(input));
            }
        },
        TURN('e') {
            @Override
            void parse(byte[] input) {
                IceUri.turn(text(input));
            }
        },
        QUESTION('q') {
            @Override
            void parse(byte[] input) {
                new ReadOnlyQuery(text(input));
            }
        };

        private final char letter;

        Parser(char letter) {
            this.letter = letter;
        }

        /** Takes the input, or refuses it with one of the exceptions that refusals have. */
        abstract void parse(byte[] input);

        private static Optional<Parser> of(byte letter) {
            return Arrays.stream(values())
                    .filter(parser -> parser.letter == letter)
                    .findFirst();
        }
    }

    @FuzzTest(maxDuration = "10m")
    void whatParsesTakesOrRefuses(byte[] input) {
        tryOn(input);
    }

    /** Fails if {@code input} makes its parser fail. */
    static void tryOn(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Optional<Parser> parser = Parser.of(input[0]);
        if (parser.isEmpty()) {
            return;
        }
        try {
            parser.get().parse(Arrays.copyOfRange(input, 1, input.length));
        } catch (SignalingException | InvalidConfiguration | AdminRefused e) {
            // refused, as bad input is
        } catch (IllegalArgumentException e) {
            if (parser.get() != Parser.STUN && parser.get() != Parser.TURN) {
                throw e;
            }
        }
    }

    private static String text(byte[] input) {
        return new String(input, UTF_8);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
