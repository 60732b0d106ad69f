package dev.hawser.cli.fleet;

import dev.hawser.cli.option.UnsignedLongConverter;
import dev.hawser.online.operator.OperatorClient;
import dev.hawser.online.operator.OperatorException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Which player: by the client id that the log of a game server has, or by the login that a support
/// ticket has.
final class PlayerOptions {
    private static final String ISSUER = "--issuer";
    private static final String SUBJECT = "--subject";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PLAYER",
            arity = "0..1",
            converter = UnsignedLongConverter.class,
            description = "The player's client id.")
    private @Nullable Long clientId;

    @Option(
            names = ISSUER,
            paramLabel = "ISSUER",
            description =
                    "In place of PLAYER, with --subject: who vouches for the player, of a JSON Web"
                            + " Token its 'iss'.")
    private @Nullable String issuer;

    @Option(
            names = SUBJECT,
            paramLabel = "SUBJECT",
            description = "Who the player is to that issuer, of a JSON Web Token its 'sub'.")
    private @Nullable String subject;

    /// Refuses what names nobody, or two.
    void check() {
        boolean isLogin = issuer != null || subject != null;
        if (clientId != null && isLogin) {
            throw usage("PLAYER beside --issuer and --subject: name the player in one way");
        }
        if (isLogin && (issuer == null || subject == null)) {
            throw usage(
                    (issuer == null ? SUBJECT : ISSUER)
                            + " without "
                            + (issuer == null ? ISSUER : SUBJECT)
                            + ": a login is both");
        }
        if (clientId == null && !isLogin) {
            throw usage("no player: pass a client id, or --issuer and --subject");
        }
    }

    /// {@return the client id}
    long clientId(OperatorClient client) throws OperatorException {
        if (clientId != null) {
            return clientId;
        }
        return client.clientId(String.valueOf(issuer), String.valueOf(subject));
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
