package dev.parley.packaged;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.parley.guides.Guide;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/**
 * The recipes of the guide to user tokens: what each returns is accepted by a service with the public key, for its namespace. Skipped
 * where the language, or the registry of its library, is missing.
 */
@Tag("slow")
class TokenRecipesIT {
    private static final Path FOLDER = Path.of("target/token-recipes").toAbsolutePath();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Guide GUIDE = Guide.named("user-tokens.md");

    private static @Nullable RunningParley parley;

    @BeforeAll
    static void start() throws IOException {
        Program.assumeInstalled("openssl");
        Files.createDirectories(FOLDER);
        run("sh", "-ec", GUIDE.block("sh keys")).succeeded();
        parley = ParleyJar.in(FOLDER)
                .with("PARLEY_ACCESS", "key")
                .with("PARLEY_ACCESS_JWT_ISSUER", "https://chess.example")
                .with("PARLEY_ACCESS_JWT_PUBLIC_KEY", "public.pem")
                .start();
    }

    @AfterAll
    static void stop() {
        if (parley != null) {
            parley.close();
        }
    }

    @Test
    void aTokenOfNodeIsAccepted() throws Exception {
        Files.writeString(
                FOLDER.resolve("package.json"), "{\"private\": true, \"dependencies\": {\"jose\": \"6.1.0\"}}");
        write("token.mjs", GUIDE.block("js token"), "console.log(await userToken('alice', 'chess'));");

        isAccepted(NpmFolder.install(FOLDER).succeed("node", "token.mjs"));
    }

    @Test
    void aTokenOfPythonIsAccepted() throws Exception {
        Program.assumeInstalled("python3");
        Program install = run(
                "python3",
                "-m",
                "pip",
                "install",
                "--quiet",
                "--retries=1",
                "--target",
                "python",
                "PyJWT[crypto]==2.15.1");
        assumeThat(install.code())
                .as("pip can fetch PyJWT: %s", install.output())
                .isZero();
        write("user_tokens.py", GUIDE.block("python token"), "print(user_token('alice', 'chess'))");

        var python = new ProcessBuilder("python3", "user_tokens.py").directory(FOLDER.toFile());
        python.environment().put("PYTHONPATH", "python");

        isAccepted(Program.run(python).succeeded());
    }

    @Test
    void aTokenOfJavaIsAccepted() throws Exception {
        String main = """
                class Main {
                    public static void main(String[] arguments) throws Exception {
                        System.out.println(new UserTokens(Path.of("private.pem")).of("alice", "chess"));
                    }
                }
                """;
        String recipe = GUIDE.block("java token");
        int end = recipe.indexOf("final class");
        write("Token.java", recipe.substring(0, end), main, recipe.substring(end));
        String libraries = Stream.of(JwtClaims.class, Logger.class)
                .map(TokenRecipesIT::jar)
                .collect(Collectors.joining(":"));

        isAccepted(
                run(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", libraries, "Token.java")
                        .succeeded());
    }

    /** SLF4J reports on standard error that there is no logger, so the token is the last line. */
    private static void isAccepted(String output) throws Exception {
        String token = output.strip().lines().reduce((first, last) -> last).orElseThrow();
        HttpRequest opening = HttpRequest.newBuilder(
                        requireNonNull(parley).uri().resolve("/api/v1/sessions"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"offer\": \"v=0\", \"topic\": \"openings\"}"))
                .build();

        assertThat(HTTP.send(opening, BodyHandlers.ofString())).returns(201, HttpResponse::statusCode);
    }

    private static String jar(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return Path.of(URI.create(source.getLocation().toString())).toString();
    }

    private static void write(String name, String... parts) throws IOException {
        Files.writeString(FOLDER.resolve(name), String.join("\n", parts));
    }

    private static Program run(String... command) {
        return Program.run(new ProcessBuilder(command).directory(FOLDER.toFile()));
    }
}
