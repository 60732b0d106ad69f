package dev.hawser.backend.player;

/// Who a player is, for good: the same player is the same identity at every login.
///
/// @param issuer who says so, for example the issuer of a JWT; 1 to 1024 characters
/// @param subject who the player is to the issuer; 1 to 1024 characters
/// @param name for people; it may change and be anybody's
public record PlayerIdentity(String issuer, String subject, String name) {
    private static final int LENGTH_MAX = 1024;

    /// Checks who it is.
    ///
    /// @throws IllegalArgumentException when issuer or subject is empty or too long: without them
    ///   all players would be one
    public PlayerIdentity {
        check("issuer", issuer);
        check("subject", subject);
    }

    /// {@return issuer and subject in one text, different for different players}
    public String key() {
        return issuer.length() + ":" + issuer + subject;
    }

    private static void check(String what, String value) {
        if (value.isEmpty() || value.length() > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    what
                            + " has "
                            + value.length()
                            + " characters, but must have 1 to "
                            + LENGTH_MAX);
        }
    }
}
