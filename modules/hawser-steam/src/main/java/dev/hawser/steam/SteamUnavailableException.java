package dev.hawser.steam;

import java.io.Serial;

/// Steam's networking cannot be used: no library, the wrong one, or one that is not initialised.
/// The message says what was looked for, where, and what to do.
public final class SteamUnavailableException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    SteamUnavailableException(String message) {
        super(message);
    }
}
