package dev.hawser.backend;

/// Who a player is, for good: the same player is the same identity at every login.
///
/// @param issuer who says so, for example the issuer of a JWT
/// @param subject who the player is to the issuer
/// @param name for people; it may change and be anybody's
public record PlayerIdentity(String issuer, String subject, String name) {
    /// {@return issuer and subject in one text, different for different players}
    public String key() {
        return issuer.length() + ":" + issuer + subject;
    }
}
