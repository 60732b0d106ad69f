package dev.hawser.cli.option;

import dev.hawser.protocol.machine.ServerConfig;
import picocli.CommandLine.Option;

/// `--max-token-lifetime`, the same at a server and at those who make tokens for it.
public final class TokenLifetimeOption {
    /// The name of the option.
    public static final String NAME = "--max-token-lifetime";

    @Option(
            names = NAME,
            paramLabel = "SECONDS|off",
            converter = LifetimeConverter.class,
            defaultValue = "" + ServerConfig.MAX_CONNECT_TOKEN_LIFETIME_SECONDS_DEFAULT,
            description =
                    "A server refuses tokens that live longer, and those that could be from before"
                            + " its start (${DEFAULT-VALUE}); a client that makes its own makes"
                            + " them so: give both the same. off: it takes them all, and they live"
                            + " for ever, for development.")
    private int seconds;

    /// {@return whether there is no limit}
    public boolean isOff() {
        return seconds == LifetimeConverter.OFF;
    }

    /// {@return the limit of a server; not while it is off}
    public int seconds() {
        return seconds;
    }

    /// {@return the lifetime of a token, negative for ever}
    public int lifetimeSeconds() {
        return isOff() ? -1 : seconds;
    }
}
