package dev.hawser.backend.player;

/// Finds out who a player is.
///
/// Called on a virtual thread of its own for each request, so it may block. Any number of threads
/// may call it at a time.
///
/// **Stores and platforms.** What their clients hand out goes into the credential as it is, and the
/// authenticator asks the platform about it:
///
/// - Steam: the client's `GetAuthTicketForWebApi("hawser")` gives a ticket, whose bytes it sends as
///   hexadecimal digits; the authenticator passes them to `ISteamUserAuth/AuthenticateUserTicket`
///   with the publisher's Web API key, the app id and the same identity, and takes the `steamid` of
///   an answer whose `result` is `OK` as the subject. A ban is in the same answer.
/// - PlayFab: the client sends its session ticket; the authenticator passes it to
///   `Server/AuthenticateSessionTicket` with the title's secret key, and takes `PlayFabId` as the
///   subject unless `IsSessionTicketExpired` is true.
///
/// Use a timeout of a few seconds: a platform that does not answer is an [java.io.IOException], not
/// a player who is not who they say. One issuer per platform keeps equal ids of two platforms apart
/// ([PlayerIdentity]).
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
