package dev.parley.store.admin;

import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.sql.Schema;
import dev.parley.store.sqlite.SqliteFile;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * A store in an SQLite file, for administration.
 *
 * @param bytesMax maximum size of the file
 * @param keys called only when payloads are read; it may reject the configured ones
 */
public record SqliteStore(
        SqliteFile file,
        Schema schema,
        long bytesMax,
        Supplier<EncryptionKeys> keys,
        SecureRandom random,
        InstantSource clock) {}
