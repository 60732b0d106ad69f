package dev.hawser.testkit.vectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Test vectors of netcode 1.02, or of Hawser's extension of it: what an implementation made of
/// which inputs, in JSON, bytes as hexadecimal digits and 64-bit numbers as decimal strings.
/// [Conformance] verifies them.
///
/// Reading looks at the JSON only: whether the cases make sense shows when they are verified.
/// Immutable.
public final class Vectors {
    private static final String STANDARD = "netcode-1.02.json";
    private static final String EXTENSION = "hawser-extension-1.json";

    /// A hundred times what the standard's have; a device has no end.
    private static final int BYTES_MAX = 64 << 20;

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final JsonNode root;

    private Vectors(JsonNode root) {
        this.root = root;
    }

    /// {@return the vectors that ship with this library, made by the reference implementation
    /// 1.4.0}
    public static Vectors standard() {
        return shipped(STANDARD);
    }

    /// {@return the vectors of the extension that ship with this library, made by Hawser itself:
    /// nobody else has it}
    public static Vectors extension() {
        return shipped(EXTENSION);
    }

    private static Vectors shipped(String name) {
        try (InputStream json = Vectors.class.getResourceAsStream(name)) {
            if (json == null) {
                throw new IllegalStateException(name + " is missing beside this class");
            }
            return parse(json.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// {@return the vectors in a file}
    ///
    /// @throws IOException when the file cannot be read, or is not a JSON object; the message says
    ///   where
    public static Vectors read(Path file) throws IOException {
        try (InputStream source = Files.newInputStream(file)) {
            byte[] json = source.readNBytes(BYTES_MAX + 1);
            if (json.length > BYTES_MAX) {
                throw new IOException("not vectors: it has more than " + BYTES_MAX + " bytes");
            }
            return parse(json);
        }
    }

    /// {@return the vectors in these bytes}
    ///
    /// @throws IOException when they are not a JSON object; the message says where
    public static Vectors parse(byte[] json) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IOException("not JSON: " + problem(e), e);
        }
        if (!root.isObject()) {
            throw new IOException("not vectors: the file holds no JSON object with sections");
        }
        return new Vectors(root);
    }

    private static String problem(JsonProcessingException e) {
        String where =
                e.getLocation() == null
                        ? ""
                        : " at line "
                                + e.getLocation().getLineNr()
                                + ", column "
                                + e.getLocation().getColumnNr();
        return (e instanceof StreamConstraintsException
                        ? "it is nested too deeply, or something in it is too long"
                        : e.getOriginalMessage())
                + where;
    }

    JsonNode root() {
        return root;
    }
}
