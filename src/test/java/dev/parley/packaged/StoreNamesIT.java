package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.admin.AdminRefused;
import dev.parley.store.sqlite.OfflineStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One SQLite file under several names: links and mounts. It has one server under all of its names, and is not used under two names
 * with a write-ahead log each. The packaged service is the server; this process opens the file as further servers and commands do.
 */
@Tag("slow")
class StoreNamesIT {
    private static final String TOKEN = "the-own-secret-of-an-offerer";

    @TempDir
    static Path folder;

    private static Path served = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static RunningParley parley;

    private Path store = Path.of("");
    private Path elsewhere = Path.of("");

    @BeforeAll
    static void start() throws IOException {
        served = Files.createDirectory(folder.resolve("served")).resolve("parley.db");
        parley = jar(served).start();
        open(parley, "a-session");
    }

    @AfterAll
    static void stop() throws SQLException {
        assertThat(parley.client().session("a-session").status()).isEqualTo(200);
        parley.stop();
        assertKept(served);
    }

    @BeforeEach
    void makeFolders() throws IOException {
        store = Files.createTempDirectory(folder, "store").resolve("parley.db");
        elsewhere = Files.createTempDirectory(folder, "elsewhere");
    }

    @AfterEach
    void unmount() {
        Program.succeeds("umount", elsewhere.toString());
        Program.succeeds("umount", elsewhere.resolve("mounted.db").toString());
    }

    /** Another name of a store, in another folder. */
    private enum Name {
        SYMBOLIC_LINK(true) {
            @Override
            Path of(Path store, Path elsewhere) throws IOException {
                Files.createSymbolicLink(elsewhere.resolve("first.db"), store);
                return Files.createSymbolicLink(elsewhere.resolve("second.db"), Path.of("first.db"));
            }
        },
        LINKED_FOLDER(true) {
            @Override
            Path of(Path store, Path elsewhere) throws IOException {
                return Files.createSymbolicLink(elsewhere.resolve("folder"), store.getParent())
                        .resolve("parley.db");
            }
        },
        RELATIVE(true) {
            @Override
            Path of(Path store, Path elsewhere) {
                return store.resolveSibling("../served/parley.db");
            }
        },
        HARD_LINK(false) {
            @Override
            Path of(Path store, Path elsewhere) throws IOException {
                return Files.createLink(elsewhere.resolve("parley.db"), store);
            }
        },
        /** As if the store had been served under both names before. */
        HARD_LINK_WITH_A_LOCK_FILE(false) {
            @Override
            Path of(Path store, Path elsewhere) throws IOException {
                Files.createFile(elsewhere.resolve("parley.db-lock"));
                return Files.createLink(elsewhere.resolve("parley.db"), store);
            }
        },
        MOUNT_OF_THE_FOLDER(true) {
            @Override
            Path of(Path store, Path elsewhere) {
                mount(store.resolveSibling(""), elsewhere);
                return elsewhere.resolve("parley.db");
            }
        },
        MOUNT_OF_THE_FILE(false) {
            @Override
            Path of(Path store, Path elsewhere) throws IOException {
                Path file = Files.createFile(elsewhere.resolve("mounted.db"));
                mount(store, file);
                return file;
            }
        };

        final boolean sharesTheLog;

        Name(boolean sharesTheLog) {
            this.sharesTheLog = sharesTheLog;
        }

        abstract Path of(Path store, Path elsewhere) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Name.class)
    void aServedStoreIsLockedUnderEveryName(Name kind) throws IOException {
        var other = new OfflineStore(kind.of(served, elsewhere));

        assertRefused(() -> other.open().close(), "serve");
        if (kind.sharesTheLog) {
            other.openAsCommand().close();
        } else {
            assertRefused(() -> other.openAsCommand().close(), "another name");
            assertThat(other.admin(Instant::now).examine())
                    .anySatisfy(finding -> assertThat(finding.found()).contains("another name"));
        }
        open(parley, "beside-" + kind);
        new OfflineStore(served).openAsCommand().close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Name.class,
            names = {"SYMBOLIC_LINK", "HARD_LINK"})
    void aServedStoreIsNotReplacedUnderAnotherName(Name kind) throws IOException {
        Path backup = elsewhere.resolve("backup.db");
        new OfflineStore(served).admin(Instant::now).backup(backup);
        Path name = kind.of(served, elsewhere);

        assertRefused(() -> new OfflineStore(name).admin(Instant::now).restore(backup, false), "serve");
        assertThat(Files.isSameFile(name, served)).isTrue();
    }

    /** The last commits are in a log beside the name under which the file was served. */
    @Test
    void afterACrashTheFileIsServedOnlyUnderItsFormerName() throws IOException, SQLException {
        Path link = Files.createSymbolicLink(elsewhere.resolve("link.db"), store);
        try (RunningParley crashing = jar(link).start()) {
            open(crashing, "a-session");
            crashing.kill();
        }
        var other = new OfflineStore(Name.HARD_LINK.of(store, elsewhere));

        assertRefused(() -> other.open().close(), "2 names");
        assertRefused(() -> other.openAsCommand().close(), "2 names");
        assertThat(elsewhere.toFile().list()).containsExactlyInAnyOrder("link.db", "parley.db");
        for (Path former : List.of(store, link)) {
            new OfflineStore(former).open().close();
            assertKept(former);
        }
    }

    @Test
    void aServerWhoseLockFileWasDeletedStaysTheOnlyOne() throws IOException {
        try (RunningParley first = jar(store).start()) {
            open(first, "a-session");
            Files.delete(store.resolveSibling("parley.db-lock"));

            assertRefused(() -> new OfflineStore(store).open().close(), "lock file was deleted");
            open(first, "another");
        }
    }

    private static void assertRefused(ThrowingCallable opening, String why) {
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(opening)
                .isInstanceOfAny(InvalidConfiguration.class, AdminRefused.class)
                .withMessageContaining(why);
    }

    private static void assertKept(Path name) throws SQLException {
        try (OutsideConnection connection = OutsideConnection.open(name)) {
            assertThat(connection.value("SELECT count(*) FROM sessions WHERE code = 'a-session'"))
                    .isEqualTo("1");
        }
    }

    private static void open(RunningParley server, String code) {
        assertThat(server.client().open(code, TOKEN, "an offer", List.of()).status())
                .isEqualTo(201);
    }

    private static ParleyJar jar(Path name) {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:" + name);
    }

    private static void mount(Path from, Path to) {
        assumeTrue(
                Program.succeeds("mount", "--bind", from.toString(), to.toString()), "Mounting is not permitted here");
    }
}
