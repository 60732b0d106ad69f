package dev.hawser.cli.command;

import dev.hawser.cli.option.KeyIdConverter;
import dev.hawser.cli.option.KeyOptions;
import dev.hawser.keys.KeyRingException;
import dev.hawser.keys.KeyRingFile;
import dev.hawser.keys.SecretFile;
import dev.hawser.keys.SecretReaders;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.time.SystemClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `hawser keys`: private keys.
@Command(
        name = "keys",
        description = "Private keys, which a backend and its game servers share.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            KeysCommand.New.class,
            KeysCommand.Rotate.class,
            KeysCommand.Retire.class,
            KeysCommand.ListIds.class,
            KeysCommand.Secret.class,
        })
public final class KeysCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "keys is to do what? 'hawser keys new FILE' makes a key, 'hawser keys rotate FILE'"
                        + " adds a newer one");
    }

    private static PrivateKey randomKey() {
        return PrivateKey.random(new SecureRandom()::nextBytes);
    }

    /// What all of them have.
    abstract static class Subcommand implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        private CommandSpec spec;

        final PrintWriter out() {
            return spec.commandLine().getOut();
        }

        final PrintWriter err() {
            return spec.commandLine().getErr();
        }
    }

    /// What those have that work on a key file.
    abstract static class OfFile extends Subcommand {
        @Parameters(paramLabel = "FILE", description = "The key file.")
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        Path file;

        @Option(
                names = KeyOptions.GROUP_MAY_READ,
                description = "The file may be readable by its group, and stays so.")
        private boolean groupMayRead;

        final KeyRingFile keys() {
            return KeyRingFile.at(file, groupMayRead ? SecretReaders.GROUP : SecretReaders.OWNER);
        }
    }

    /// `hawser keys new`.
    @Command(
            name = "new",
            description = {
                "Makes a private key.",
                "",
                "Whoever has it can make connect tokens: it belongs on the backend and the game"
                        + " servers, never in a client, a repository or a command line.",
                "",
            },
            mixinStandardHelpOptions = true,
            footer = {"%nExit codes: 0 made, 1 not made (the file is there), 2 wrong usage."})
    static final class New extends Subcommand {
        @Parameters(
                paramLabel = "FILE",
                arity = "0..1",
                description =
                        "Where to write it, for only you to read; a file that is there stays."
                                + " Without it, 64 hexadecimal digits are printed.")
        private @Nullable Path file;

        @Override
        public Integer call() throws KeyRingException {
            PrintWriter out = out();
            PrivateKey key = randomKey();
            if (file == null) {
                out.println(key.toHex());
            } else {
                KeyRingFile.at(file).create(key, SystemClock.INSTANT_SOURCE.instant());
                out.println("wrote private key " + key.id() + " to " + file);
            }
            key.erase();
            return 0;
        }
    }

    /// `hawser keys secret`.
    @Command(
            name = "secret",
            description = {
                "Makes a secret that is no private key: what game servers show to the backend, what"
                        + " client ids are made with, what the game's website signs tickets with.",
                "",
            },
            mixinStandardHelpOptions = true,
            footer = {"%nExit codes: 0 made, 1 not made (the file is there), 2 wrong usage."})
    static final class Secret extends Subcommand {
        @Parameters(
                paramLabel = "FILE",
                description =
                        "Where to write it, for only you to read; a file that is there stays.")
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        private Path file;

        @Override
        public Integer call() throws IOException {
            SecretFile.at(file).create(new SecureRandom());
            out().println("wrote a secret to " + file);
            return 0;
        }
    }

    /// `hawser keys rotate`.
    @Command(
            name = "rotate",
            description = {
                "Adds a new private key to a file, in front of the others.",
                "",
                "Servers go on taking tokens that were sealed with the others. Give the file to"
                        + " all game servers, then to whatever makes tokens; when the last token of"
                        + " before has expired, 'hawser keys retire' ends the old keys.",
                "",
            },
            mixinStandardHelpOptions = true,
            footer = {
                "%nExit codes: 0 added, 1 not added (4 keys are there, no usable file), 2"
                        + " wrong usage."
            })
    static final class Rotate extends OfFile {
        @Override
        public Integer call() throws KeyRingException {
            PrivateKey key = randomKey();
            keys().addNewest(key, SystemClock.INSTANT_SOURCE.instant());
            out().println("added private key " + key.id() + " to " + file + ", the newest now");
            key.erase();
            return 0;
        }
    }

    /// `hawser keys retire`.
    @Command(
            name = "retire",
            description = {
                "Removes the old private keys from a file: all but the newest, or one.",
                "",
                "Servers then refuse the tokens that were sealed with them. Wait until these have"
                        + " expired: for the lifetime of a token, counted from when everything"
                        + " that makes tokens has had the newer key. The last key stays.",
                "",
            },
            mixinStandardHelpOptions = true,
            footer = {
                "%nExit codes: 0 removed, 1 not removed (it is the last, no usable file), 2"
                        + " wrong usage."
            })
    static final class Retire extends OfFile {
        @Option(
                names = "--id",
                paramLabel = "ID",
                converter = KeyIdConverter.class,
                description = "The key to remove, as 'hawser keys list' names it.")
        private @Nullable KeyId id;

        @Override
        public Integer call() throws KeyRingException {
            KeyRingFile keys = keys();
            if (id == null) {
                keys.removeOld().forEach(removed -> print(removed.id()));
            } else {
                keys.remove(id);
                print(id);
            }
            err().println(
                            "note: tokens that were sealed with what was removed, and have not"
                                    + " expired, are refused as soon as the servers have this file");
            return 0;
        }

        private void print(KeyId removed) {
            out().println("removed private key " + removed + " from " + file);
        }
    }

    /// `hawser keys list`.
    @Command(
            name = "list",
            description = {
                "Names the private keys in a file, newest first. Keys are never shown.",
                "",
                "Servers and token services log the same names when they load keys.",
                "",
            },
            mixinStandardHelpOptions = true,
            footer = {"%nExit codes: 0 listed, 1 the file cannot be used, 2 wrong usage."})
    static final class ListIds extends OfFile {
        @Override
        public Integer call() throws KeyRingException {
            PrintWriter out = out();
            List<KeyRingFile.Entry> entries = keys().list();
            for (KeyRingFile.Entry entry : entries) {
                boolean isNewest = entry.equals(entries.getFirst());
                Instant madeAt = entry.madeAt();
                out.println(
                        entry.id()
                                + "  "
                                + (madeAt == null ? "made at an unknown time" : "made " + madeAt)
                                + (isNewest ? "  newest" : ""));
            }
            return 0;
        }
    }
}
