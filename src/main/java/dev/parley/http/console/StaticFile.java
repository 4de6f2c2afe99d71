package dev.parley.http.console;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/**
 * A file of the console page or the browser client: read, hashed and compressed once, at the start.
 *
 * <p>Quarkus serves the same folder, but without entity tags, and with the time at which a node first read a file as its modification
 * time. Its compression ({@code quarkus.http.enable-compression}) adds a handler to each connection of the API too, compresses a file
 * again for each request, and gives both encodings the same validator, against RFC 9110, section 8.8.3.3. Replies of the APIs and event
 * streams stay uncompressed, because they may contain secrets (BREACH).
 */
record StaticFile(String mediaType, Representation plain, Representation gzip) {
    static final String CLIENT = "/parley.js";

    private static final String FOLDER = "/META-INF/resources";

    static final List<String> PATHS = List.of(
            CLIENT,
            "/parley.js.map",
            "/parley.d.ts",
            "/icon.svg",
            "/console/page.css",
            "/console/elements.js",
            "/console/reasons.js",
            "/console/key.js",
            "/console/drawing.js",
            "/console/talk.js",
            "/console/watch.js",
            "/console/invitation.js",
            "/console/room.js",
            "/console/snippets.js",
            "/console/page.js",
            "/guides/getting-started.md",
            "/guides/browser-client.md",
            "/guides/api.md",
            "/console.html");

    /** @param hash of the content in hexadecimal digits */
    record Representation(String hash, Buffer content) {
        static Representation of(byte[] content) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
                return new Representation(
                        HexFormat.of().formatHex(Arrays.copyOf(hash, Long.BYTES)), Buffer.buffer(content));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // impossible: every Java platform has it
            }
        }

        /** A strong one, so each encoding has its own. */
        String entityTag() {
            return '"' + hash + '"';
        }
    }

    /** The files by their paths. */
    static Map<String, StaticFile> load() {
        return PATHS.stream().collect(Collectors.toMap(Function.identity(), StaticFile::load));
    }

    private static StaticFile load(String path) {
        try (InputStream file = StaticFile.class.getResourceAsStream(FOLDER + path)) {
            if (file == null) {
                throw new IllegalStateException("The file " + path + " is missing");
            }
            byte[] content = file.readAllBytes();
            var compressed = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(compressed)) {
                gzip.write(content);
            }
            return new StaticFile(
                    mediaType(path), Representation.of(content), Representation.of(compressed.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Not by the framework, for which {@code .ts} is a video. */
    private static String mediaType(String path) {
        return switch (path.substring(path.lastIndexOf('.') + 1)) {
            case "html" -> "text/html;charset=UTF-8";
            case "css" -> "text/css;charset=UTF-8";
            case "js" -> "text/javascript;charset=UTF-8";
            case "map" -> "application/json";
            case "svg" -> "image/svg+xml";
            default -> "text/plain;charset=UTF-8";
        };
    }
}
