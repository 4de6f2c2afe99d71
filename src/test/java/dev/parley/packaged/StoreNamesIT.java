package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
 * One SQLite file under several names: links, other working directories, mounts. It has one server whatever it is called, and is not
 * used under two names that have a log each.
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
        use(parley);
        assertThat(jar(served)
                        .run("backup", folder.resolve("backup.db").toString())
                        .code())
                .isZero();
    }

    @AfterAll
    static void stop() {
        assertThat(parley.client().session("a-session").status()).isEqualTo(200);
        parley.stop();
        try (RunningParley again = jar(served).start()) {
            assertThat(again.client().session("a-session").status()).isEqualTo(200);
        }
    }

    @BeforeEach
    void makeFolders() throws IOException {
        store = Files.createTempDirectory(folder, "store").resolve("parley.db");
        elsewhere = Files.createTempDirectory(folder, "elsewhere");
    }

    @AfterEach
    void unmount() throws IOException {
        SmallDisk.runs("umount", elsewhere.toString());
        SmallDisk.runs("umount", elsewhere.resolve("mounted.db").toString());
    }

    /** Another name of a store, in another folder. */
    private enum Name {
        SYMBOLIC_LINK(true) {
            @Override
            Path of(Path store, Path elsewhere) throws IOException {
                return Files.createSymbolicLink(elsewhere.resolve("link.db"), store);
            }
        },
        SYMBOLIC_LINK_TO_A_LINK(true) {
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
                return Path.of("./served/../served/parley.db");
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
            Path of(Path store, Path elsewhere) throws IOException {
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
        Path name = kind.of(served, elsewhere);

        assertThat(jar(name).run().refusal()).contains("serve");
        assertSharedOrRefused(jar(name).run("sweep"), kind);
        assertSharedOrRefused(jar(name).run("sql", "SELECT code FROM sessions"), kind);

        assertThat(open(parley, "beside-" + kind).status()).isEqualTo(201);
        assertThat(jar(served).run("sweep").code())
                .as("under the server's own name")
                .isZero();
    }

    private static void assertSharedOrRefused(ProcessExit exit, Name kind) {
        if (kind.sharesTheLog) {
            assertThat(exit.code()).as("%s", exit).isZero();
        } else {
            assertThat(exit.refusal()).contains("another name");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Name.class,
            names = {"SYMBOLIC_LINK", "HARD_LINK"})
    void aServedStoreIsNotReplacedUnderAnotherName(Name kind) throws IOException {
        Path name = kind.of(served, elsewhere);
        ProcessExit exit = jar(name).run("restore", folder.resolve("backup.db").toString());
        assertThat(exit.refusal()).contains("serve");
        assertThat(Files.isSameFile(name, served)).isTrue();
    }

    @Test
    void theDoctorReportsThatAnotherNameIsServed() throws IOException {
        ProcessExit exit = jar(Name.HARD_LINK.of(served, elsewhere)).run("doctor");
        assertThat(exit.code()).as("%s", exit).isEqualTo(1);
        assertThat(exit.out()).contains("another name");
    }

    /** Its last commits are in a log beside the name that it was served under. */
    @Test
    void afterACrashTheFileIsServedOnlyUnderItsFormerName() throws IOException {
        Path link = Files.createSymbolicLink(elsewhere.resolve("link.db"), store);
        try (RunningParley crashing = jar(link).start()) {
            use(crashing);
            crashing.kill();
        }
        Path other = Name.HARD_LINK.of(store, elsewhere);

        assertThat(jar(other).run().refusal()).contains("2 names");
        assertThat(jar(other).run("sweep").refusal()).contains("2 names");
        assertThat(elsewhere.toFile().list()).containsExactlyInAnyOrder("link.db", "parley.db");
        for (Path former : List.of(store, link)) {
            try (RunningParley again = jar(former).start()) {
                assertThat(again.client().session("a-session").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aServerWhoseLockFileWasDeletedStaysTheOnlyOne() throws IOException {
        try (RunningParley first = jar(store).start()) {
            use(first);
            Files.delete(store.resolveSibling("parley.db-lock"));

            assertThat(jar(store).run().refusal()).contains("lock file was deleted");
            assertThat(open(first, "another").status()).isEqualTo(201);
        }
    }

    @Test
    void aFileCreatedThroughALinkIsPrivate() throws IOException {
        Path link = Files.createSymbolicLink(elsewhere.resolve("link.db"), store);
        try (RunningParley linked = jar(link).start()) {
            use(linked);
            try (var files = Files.list(store.getParent())) {
                assertThat(files)
                        .hasSizeGreaterThan(3)
                        .allSatisfy(
                                file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                                        .as("%s", file)
                                        .isEqualTo("rw-------"));
            }
            assertThat(elsewhere.toFile().list()).as("files beside the link").containsExactly("link.db");
            linked.stop();
        }
        assertThat(store.resolveSibling("").toFile().list())
                .as("files that a stop leaves")
                .containsExactlyInAnyOrder("parley.db", "parley.db-lock");
    }

    @Test
    void aLinkToItselfIsRejected() throws IOException {
        Path circle = Files.createSymbolicLink(elsewhere.resolve("circle.db"), Path.of("circle.db"));
        assertThat(jar(circle).run().refusal()).contains("circle");
    }

    /** Writes and reads in each of the ways in which connections to the file come and go. */
    private static void use(RunningParley server) {
        assertThat(open(server, "a-session").status()).isEqualTo(201);
        assertThat(server.client().session("a-session").status()).isEqualTo(200);
        assertThat(server.client().get("/api/v1/sessions?topic=none").status()).isEqualTo(200);
        assertThat(server.client().get("/api/v1/topics").status()).isEqualTo(200);
    }

    private static ServerReply open(RunningParley server, String code) {
        return server.client().open(code, TOKEN, "an offer", List.of());
    }

    private static ParleyJar jar(Path name) {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:" + name).startingFast();
    }

    private static void mount(Path from, Path to) throws IOException {
        assumeTrue(SmallDisk.runs("mount", "--bind", from.toString(), to.toString()), "Mounting is not permitted here");
    }
}
