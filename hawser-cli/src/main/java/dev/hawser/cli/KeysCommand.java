package dev.hawser.cli;

import dev.hawser.protocol.PrivateKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hawser keys`: private keys.
@Command(
        name = "keys",
        description = "Private keys, which a backend and its game servers share.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = KeysCommand.New.class)
final class KeysCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "keys is to do what? 'hawser keys new' makes one");
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
    static final class New implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // Set by picocli.
        private CommandSpec spec;

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description =
                        "Write it into this file, which only you may read. Without it, 64"
                                + " hexadecimal digits are printed.")
        private @Nullable Path out;

        @Option(names = "--force", description = "Replace the file if it is there.")
        private boolean force;

        @Override
        public Integer call() throws IOException {
            PrivateKey key = PrivateKey.random(new SecureRandom()::nextBytes);
            if (out == null) {
                spec.commandLine().getOut().println(key.toHex());
            } else {
                KeyFile.write(out, key, force);
                spec.commandLine().getOut().println("wrote a new private key to " + out);
            }
            key.erase();
            return 0;
        }
    }
}
