package dev.parley.http.console;

import static java.util.Objects.requireNonNull;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * The files of the console page and the browser client: read, hashed and compressed once, at the start.
 *
 * <p>Quarkus serves the same folder, but without entity tags and versions, and with the time at which a node first read a file as
 * its modification time. Its compression ({@code quarkus.http.enable-compression}) adds a handler to each connection of
 * the API too, compresses a file again for each request, and gives both encodings the same validator, against RFC 9110, section
 * 8.8.3.3. Replies of the APIs and event streams stay uncompressed, because they may contain secrets (BREACH).
 */
final class StaticFiles {
    private static final String FOLDER = "/META-INF/resources";

    /** Each file loads files before it only, so that its version covers them. */
    static final List<String> PATHS = List.of(
            "/parley.js",
            "/parley.d.ts",
            "/icon.svg",
            "/console/page.css",
            "/console/elements.js",
            "/console/reasons.js",
            "/console/key.js",
            "/console/drawing.js",
            "/console/talk.js",
            "/console/watch.js",
            "/console/page.js",
            "/console.html");

    /** A reference to a file that a page or a module loads, relative to itself; not links. */
    private static final Pattern LOADED =
            Pattern.compile("((?:\\bfrom |<script [^>]*\\bsrc=|<link [^>]*\\bhref=)\")([a-z./]+\\.(?:js|css|svg))\"");

    private final Map<String, StaticFile> files;

    private StaticFiles(Map<String, StaticFile> files) {
        this.files = files;
    }

    static StaticFiles load() {
        var files = new LinkedHashMap<String, StaticFile>();
        for (String path : PATHS) {
            files.put(path, StaticFile.of(path, versioned(path, read(path), files)));
        }
        return new StaticFiles(files);
    }

    /** @param path one of {@link #PATHS} */
    StaticFile at(String path) {
        return requireNonNull(files.get(path));
    }

    private static byte[] read(String path) {
        try (InputStream file = StaticFiles.class.getResourceAsStream(FOLDER + path)) {
            if (file == null) {
                throw new IllegalStateException("The file " + path + " is missing");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file with the version of each file that it loads in its references. */
    private static byte[] versioned(String path, byte[] file, Map<String, StaticFile> files) {
        String text = new String(file, StandardCharsets.UTF_8);
        return LOADED.matcher(text)
                .replaceAll(reference -> versioned(path, reference, files))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String versioned(String path, MatchResult reference, Map<String, StaticFile> files) {
        String target = URI.create(path).resolve(reference.group(2)).getPath();
        StaticFile file = files.get(target);
        if (file == null) {
            throw new IllegalStateException(path + " loads " + target + ", which does not precede it in the list");
        }
        return "%s%s?%s\"".formatted(reference.group(1), reference.group(2), file.version());
    }

    /**
     * One file in both encodings.
     *
     * @param version the query of the URL under which this content may be cached for a year
     */
    record StaticFile(String name, String mediaType, String version, Representation plain, Representation gzip) {
        private static final int HASH_CHARS = 16;

        private static StaticFile of(String path, byte[] content) {
            String hash = HexFormat.of().formatHex(sha256(content)).substring(0, HASH_CHARS);
            return new StaticFile(
                    path.substring(path.lastIndexOf('/') + 1),
                    mediaType(path),
                    "v=" + hash,
                    new Representation("\"" + hash + "\"", Buffer.buffer(content)),
                    new Representation("\"" + hash + "-gzip\"", Buffer.buffer(compressed(content))));
        }

        /** Not by the framework, for which {@code .ts} is a video. */
        private static String mediaType(String path) {
            return switch (path.substring(path.lastIndexOf('.') + 1)) {
                case "html" -> "text/html;charset=UTF-8";
                case "css" -> "text/css;charset=UTF-8";
                case "js" -> "text/javascript;charset=UTF-8";
                case "svg" -> "image/svg+xml";
                default -> "text/plain;charset=UTF-8";
            };
        }

        private static byte[] sha256(byte[] content) {
            try {
                return MessageDigest.getInstance("SHA-256").digest(content);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // impossible: every Java platform has it
            }
        }

        private static byte[] compressed(byte[] content) {
            var bytes = new ByteArrayOutputStream();
            try (var gzip = new BestGzip(bytes)) {
                gzip.write(content);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // impossible: it is written to memory
            }
            return bytes.toByteArray();
        }
    }

    /** @param entityTag a strong one, so each encoding has its own */
    record Representation(String entityTag, Buffer content) {}

    private static final class BestGzip extends GZIPOutputStream {
        BestGzip(ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }
}
