package dev.hawser.backend;

/// Finds out who a player is.
///
/// Called on a virtual thread of its own for each request, so it may block. Any number of threads
/// may call it at a time.
public interface PlayerAuthenticator {
    /// {@return who shows this credential}
    ///
    /// @param credential what stands behind `Bearer` in the request: 1 to 8192 printable ASCII
    ///   characters that nobody has checked yet
    /// @throws NotAuthenticatedException when it proves nothing: forged, expired, for somebody else
    /// @throws java.io.IOException when it cannot be checked at the moment; the player is told to
    ///   come back
    PlayerIdentity authenticate(String credential)
            throws NotAuthenticatedException, java.io.IOException;

    /// {@return whether anybody can claim to be anybody: a service with such an authenticator
    /// starts on loopback addresses only}
    default boolean isForDevelopment() {
        return false;
    }
}
