package dev.parley.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.contract.SqliteProfile;
import dev.parley.http.TestClient;
import dev.parley.packaged.Program;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clients of the channel's guide work as they are printed. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class ChannelGuideTest {
    private static final Guide GUIDE = Guide.named("channel.md");

    @TempDir
    Path folder;

    @Test
    void theClientInJavaScriptRuns() throws IOException {
        assumeTrue(
                Program.succeeds("node", "--experimental-websocket", "-e", "0"),
                "Node.js with WebSocket is not installed");
        Path script = written("client.mjs", GUIDE.block("javascript run"));

        assertThat(Program.run("node", "--no-warnings", "--experimental-websocket", script.toString())
                        .succeeded()
                        .lines())
                .containsExactly("201", "candidate", "closed");
    }

    @Test
    void theClientInPythonRuns() throws IOException {
        assumeTrue(Program.succeeds("python3", "-c", "import websockets"), "websockets for Python is not installed");
        Path script = written("client.py", GUIDE.block("python run"));

        assertThat(Program.run("python3", script.toString()).succeeded().lines())
                .contains("1 201", "2 201", "candidate")
                .endsWith("closed");
    }

    @Test
    void theClientInJavaRuns() throws IOException {
        Path script = written("Client.java", GUIDE.block("java run"));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        assertThat(Program.run(java, script.toString()).succeeded())
                .contains("\"id\":1,\"status\":201,", "\"id\":2,\"status\":201,")
                .contains("\"type\":\"end-of-candidates\"", "\"type\":\"closed\"");
    }

    private Path written(String name, String text) throws IOException {
        String authority = TestClient.service().getAuthority();
        return Files.writeString(folder.resolve(name), text.replace("127.0.0.1:8080", authority));
    }
}
