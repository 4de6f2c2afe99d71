package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.config.InvalidConfiguration;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of {@code parley.store.url}, {@code parley.store.primary} and {@code parley.store.replicas}. */
class StoreUrlTest {
    private static final Node PRIMARY = new Node("main", "eu", true);

    @Test
    void anSqliteUrlIsAFile() {
        assertThat(parse("sqlite:data/parley.db")).isEqualTo(new StoreUrl.Sqlite(Path.of("data/parley.db")));
        assertThat(parse("sqlite:data/parley.db").jdbc()).isEqualTo("jdbc:sqlite:data/parley.db");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/srv/parley.db", "./p.db", "../data/p.db", "p.db", "p", "a folder/p.db", "C:/p.db", "10:30.db"})
    void aPathIsAFile(String path) {
        assertThat(parse(path)).isEqualTo(new StoreUrl.Sqlite(Path.of(path)));
        assertThat(parse("sqlite:" + path)).isEqualTo(parse(path));
        assertThat(parse(path).jdbc()).isEqualTo("jdbc:sqlite:" + path);
    }

    @Test
    void eachHostHasItsOwnUrl() {
        var url = (StoreUrl.Postgres) parse("postgresql://u:p@a,b:5433,[::1]/parley?ssl=true");

        assertThat(url.hosts()).extracting(StoreUrl.Postgres::host).containsExactly("a:5432", "b:5433", "[::1]:5432");
        assertThat(url.hosts()).extracting(StoreUrl.Postgres::jdbc).allMatch(jdbc -> jdbc.endsWith("/parley?ssl=true"));
    }

    @Test
    void aPostgresqlUrlIsACluster() {
        var url = (StoreUrl.Postgres) parse("postgresql://us%65r:p%40ss%2Fw+rd@db:5433/parley?sslmode=require");

        assertThat(url.user()).isEqualTo("user");
        assertThat(url.password()).isEqualTo("p@ss/w+rd");
        assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://db:5433/parley?sslmode=require");
    }

    @Test
    void severalHostsOfAnyKindAreAccepted() {
        assertThat(parse("postgresql://a,b:5433,[::1]:5434/parley").jdbc())
                .isEqualTo("jdbc:postgresql://a,b:5433,[::1]:5434/parley");
    }

    @Test
    void noPasswordIsShown() {
        assertThat(parse("postgresql://user:hidden@db/parley").toString()).isEqualTo("postgresql://***@db/parley");
        assertThat(parse("postgresql://db/parley?user=me&password=hid&sslpassword=den&sslmode=require")
                        .toString())
                .isEqualTo("postgresql://db/parley?user=me&password=***&sslpassword=***&sslmode=require");
        assertThatThrownBy(() -> parse("postgresql://user:hid/den@db/parley"))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageNotContaining("den");
        assertThatThrownBy(() -> parse("mysql://user:hidden@db/parley"))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageNotContaining("hidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?",
                ":memory:",
                ":resource:parley.db",
                "file:parley.db",
                "parley.db?mode=memory",
                "parley.db ",
                "parley.db\r",
                " /srv/parley.db",
                "postgresql://db/parley\n",
                "mysql:parley",
                "jdbc:sqlite:parley.db",
                "sqlite:",
                "sqlite::resource:parley.db",
                "sqlite::memory:",
                "sqlite:file:parley.db",
                "sqlite:parley.db?mode=memory",
                "postgresql:",
                "postgresql://",
                "postgresql://db",
                "postgresql://db/",
                "postgresql://db:0/parley",
                "postgresql://db:65536/parley",
                "postgresql://db:x/parley",
                "postgresql://db,/parley",
                "postgresql://d b/parley",
                "postgresql://user:%zz@db/parley",
                "jdbc:postgresql://db/parley"
            })
    void anInvalidUrlIsRefusedWithItsKey(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageStartingWith("parley.store.url: ");
    }

    @Test
    void aReplicaHasANameARegionAndAUrl() {
        assertThat(ReplicaUrl.parse(
                        Optional.of("a@eu=postgresql://u:p@db1/parley, b@us-1=postgresql://u:p@db2/parley"), PRIMARY))
                .extracting(ReplicaUrl::node)
                .containsExactly(new Node("a", "eu", false), new Node("b", "us-1", false));
        assertThat(ReplicaUrl.parse(Optional.empty(), PRIMARY)).isEmpty();
        assertThat(ReplicaUrl.parse(Optional.of(" "), PRIMARY)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a@eu",
                "a@eu=",
                "a=postgresql://db/parley",
                "a@eu=sqlite:parley.db",
                "a@eu=postgresql://db1/parley,",
                "a@eu=postgresql://db1,db2/parley",
                "a@eu=postgresql://db/parley,a@us=postgresql://db2/parley",
                "main@eu=postgresql://db/parley"
            })
    void anInvalidReplicaIsRefusedWithItsKey(String text) {
        assertThatThrownBy(() -> ReplicaUrl.parse(Optional.of(text), PRIMARY))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageStartingWith("parley.store.replicas: ");
    }

    @Test
    void thePrimaryHasANameAndARegion() {
        assertThat(ReplicaUrl.primary("main@eu")).isEqualTo(PRIMARY);
        assertThatThrownBy(() -> ReplicaUrl.primary("main"))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageStartingWith("parley.store.primary: ");
    }

    private static StoreUrl parse(String text) {
        return StoreUrl.parse(StoreUrl.KEY, text);
    }
}
