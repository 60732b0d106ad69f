package dev.hawser.redis;

import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The steps that the store takes. Each is a file in the resources, with what it has in common with
/// others before it.
enum Script {
    ANNOUNCE("registry", Writes.ALWAYS, ScriptOutputType.MULTI),
    WITHDRAW("registry", Writes.LESS, ScriptOutputType.INTEGER),
    DRAIN("registry", Writes.ALWAYS, ScriptOutputType.MULTI),
    LIST("registry", Writes.NEVER, ScriptOutputType.MULTI),
    RESERVE("registry", Writes.ALWAYS, ScriptOutputType.MULTI),
    RELEASE("registry", Writes.LESS, ScriptOutputType.INTEGER),
    MINTED("registry", Writes.ALWAYS, ScriptOutputType.INTEGER),
    PRESENT("registry", Writes.ALWAYS, ScriptOutputType.INTEGER),
    ABSENT("registry", Writes.LESS, ScriptOutputType.INTEGER),
    PLAYERS("registry", Writes.NEVER, ScriptOutputType.MULTI),
    LIVE("registry", Writes.NEVER, ScriptOutputType.MULTI),
    QUEUE("registry", Writes.ALWAYS, ScriptOutputType.INTEGER),
    NEXT("registry", Writes.LESS, ScriptOutputType.MULTI),
    ADMIT("player", Writes.ALWAYS, ScriptOutputType.MULTI),
    RECONCILE("player", Writes.ALWAYS, ScriptOutputType.MULTI),
    ENDED("player", Writes.LESS, ScriptOutputType.INTEGER),
    BAN("player", Writes.ALWAYS, ScriptOutputType.VALUE),
    UNBAN("player", Writes.LESS, ScriptOutputType.INTEGER),
    BANNED("player", Writes.NEVER, ScriptOutputType.MULTI),
    CLAIM("player", Writes.ALWAYS, ScriptOutputType.INTEGER),
    BUDGET("", Writes.ALWAYS, ScriptOutputType.INTEGER),
    FORMAT("", Writes.ALWAYS, ScriptOutputType.VALUE);

    /// What the store is told of a script before it runs. One that cannot write is refused as a
    /// whole then, and never half-way.
    private enum Writes {
        /// It is refused when there is no memory left, or when nothing may be written.
        ALWAYS("#!lua\n"),
        /// It gives back more than it takes.
        LESS("#!lua flags=allow-oom\n"),
        NEVER("#!lua flags=no-writes\n");

        private final String head;

        Writes(String head) {
            this.head = head;
        }
    }

    private final String text;
    private final String sha;
    private final ScriptOutputType output;

    Script(String common, Writes writes, ScriptOutputType output) {
        this.output = output;
        text =
                writes.head
                        + (common.isEmpty() ? "" : resource(common))
                        + resource(name().toLowerCase(java.util.Locale.ROOT));
        sha = sha1(text);
    }

    /// {@return what is sent when the store does not know the script}
    String text() {
        return text;
    }

    /// {@return by which the store knows the script: the SHA-1 of its text}
    String sha() {
        return sha;
    }

    ScriptOutputType output() {
        return output;
    }

    private static String resource(String name) {
        String file = name + ".lua";
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the script " + file + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }
}
