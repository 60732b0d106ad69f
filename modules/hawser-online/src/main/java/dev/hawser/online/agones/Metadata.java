package dev.hawser.online.agones;

import dev.hawser.online.http.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Labels and annotations that wait to be set: of each key the latest value. For any thread.
final class Metadata {
    static final int WAITING_MAX = 64;
    static final int ANNOTATION_BYTES_MAX = 64 << 10;

    /// Agones puts `sdk-` before it, and Kubernetes allows 63.
    private static final Pattern KEY =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]{0,57}[A-Za-z0-9])?");

    private static final Pattern LABEL =
            Pattern.compile("([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?");

    /// What is to be set.
    record Entry(String path, String key, String value) {
        void set(Sidecar sidecar) throws SidecarException {
            sidecar.send(
                    "PUT",
                    path,
                    JsonText.object(json -> {
                        json.writeStringField("key", key);
                        json.writeStringField("value", value);
                    }));
        }

        String describe() {
            return (path.endsWith("label") ? "the label " : "the annotation ") + key;
        }

        private String name() {
            return path + " " + key;
        }
    }

    private final Map<String, Entry> waiting = new LinkedHashMap<>();

    boolean addLabel(String key, String value) {
        checkKey("label", key);
        if (!LABEL.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "the label "
                            + key
                            + " has a value of "
                            + value.length()
                            + " characters that Kubernetes refuses: it must be up to 63 letters,"
                            + " digits, '-', '_' and '.', with a letter or digit at both ends; use"
                            + " an annotation for others");
        }
        return add(new Entry("/metadata/label", key, value));
    }

    boolean addAnnotation(String key, String value) {
        checkKey("annotation", key);
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > ANNOTATION_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the annotation "
                            + key
                            + " has "
                            + bytes
                            + " bytes, but must have at most "
                            + ANNOTATION_BYTES_MAX
                            + ": Kubernetes allows four times as much for all of a GameServer");
        }
        return add(new Entry("/metadata/annotation", key, value));
    }

    private static void checkKey(String what, String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException(
                    "the key '"
                            + key
                            + "' of a "
                            + what
                            + " is not 1 to 59 letters, digits, '-', '_' and '.', with a letter or"
                            + " digit at both ends: choose another; Agones puts"
                            + " agones.dev/sdk- before it");
        }
    }

    private synchronized boolean add(Entry entry) {
        if (waiting.size() == WAITING_MAX && !waiting.containsKey(entry.name())) {
            return false;
        }
        waiting.put(entry.name(), entry);
        return true;
    }

    synchronized @Nullable Entry first() {
        return waiting.isEmpty() ? null : waiting.values().iterator().next();
    }

    /// This one is set, or given up; a newer value of the same key stays.
    synchronized void remove(Entry entry) {
        waiting.remove(entry.name(), entry);
    }
}
