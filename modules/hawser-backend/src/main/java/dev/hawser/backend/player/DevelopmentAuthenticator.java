package dev.hawser.backend.player;

import java.util.regex.Pattern;

/// For development: the credential is a name, and everybody is who they say. A service with it
/// starts on loopback addresses only.
public final class DevelopmentAuthenticator implements PlayerAuthenticator {
    private static final Pattern NAME = Pattern.compile("[\\x21-\\x7e]{1,64}");

    /// Creates an authenticator.
    public DevelopmentAuthenticator() {}

    @Override
    public PlayerIdentity authenticate(String credential) throws NotAuthenticatedException {
        if (!NAME.matcher(credential).matches()) {
            throw new NotAuthenticatedException(
                    "a name of " + credential.length() + " characters, but it must have 1 to 64");
        }
        return new PlayerIdentity("development", credential, credential);
    }

    @Override
    public boolean isForDevelopment() {
        return true;
    }
}
