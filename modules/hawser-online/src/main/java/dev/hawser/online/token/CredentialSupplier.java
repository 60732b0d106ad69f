package dev.hawser.online.token;

/// What shows the token service who is asking: for a [TokenClient] the access token of a player's
/// login, or a ticket; for a `ServerAnnouncer` the credential of the game servers.
@FunctionalInterface
public interface CredentialSupplier {
    /// {@return the credential as it is to be sent, 1 to 8192 visible ASCII characters}
    ///
    /// Asked once for each fetch or announcement, since access tokens expire; the retries of one
    /// fetch share the answer. Never called on the game's thread, so it may block, to renew a login
    /// for example. It is interrupted when the fetch is cancelled or runs out of time. Several
    /// fetches may ask at the same time.
    ///
    /// @throws Exception when there is none: the fetch fails with
    ///   [dev.hawser.token.TokenFetchFailure.NoCredential], which names the class of the exception
    ///   and nothing else of it, since its message may hold what is secret
    String credential() throws Exception;
}
