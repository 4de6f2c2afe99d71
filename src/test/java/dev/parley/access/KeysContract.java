package dev.parley.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Namespace;
import dev.parley.session.TokenHash;
import dev.parley.store.Database;
import dev.parley.store.admin.AdminRefused;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A key is valid from the reload after its creation to the reload after its revocation. */
@SuppressWarnings("NullAway.Init") // the container fills the fields
abstract class KeysContract {
    private static final Namespace HOME = new Namespace("home");

    @Inject
    KeyAdmin admin;

    @Inject
    Database database;

    private final ApiKeys keys = new ApiKeys();
    private final String name = "key-" + UUID.randomUUID();

    @Test
    void aKeyIsValidFromCreationToRevocation() {
        String secret = admin.create(name, HOME, Set.of(Role.PEER));
        assertThat(found(secret)).isNull();
        reload();
        assertThat(found(secret)).isEqualTo(new Credential(name, HOME, Set.of(Role.PEER)));
        admin.revoke(name);
        assertThat(found(secret)).isNotNull();
        reload();
        assertThat(found(secret)).isNull();

        String again = admin.create(name, HOME, Set.of(Role.PEER));
        reload();
        assertThat(found(again)).isNotNull();
        assertThat(found(secret)).isNull();
        admin.revoke(name);
    }

    @Test
    void keyNamesAreUnique() {
        String secret = admin.create(name, HOME, Set.of(Role.OBSERVER, Role.PEER));

        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> admin.create(name, new Namespace("abroad"), Set.of(Role.OPERATOR)));
        assertThat(admin.list().stream().filter(stored -> stored.name().equals(name)))
                .singleElement()
                .satisfies(stored -> {
                    assertThat(stored.namespace()).isEqualTo(HOME);
                    assertThat(stored.roles()).containsExactly("peer", "observer");
                    assertThat(stored.toString()).doesNotContain(secret);
                });
        admin.revoke(name);
        assertThatExceptionOfType(AdminRefused.class).isThrownBy(() -> admin.revoke(name));
    }

    private void reload() {
        keys.reload(database).toCompletableFuture().join();
    }

    private @Nullable Credential found(String secret) {
        return keys.find(TokenHash.of(secret));
    }
}
