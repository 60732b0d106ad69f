package dev.hawser.token;

/// What shows the token service who the player is: the access token of a login, or a ticket.
@FunctionalInterface
public interface CredentialSupplier {
    /// {@return the credential as it is to be sent, 1 to 8192 visible ASCII characters}
    ///
    /// Asked once for each fetch, since access tokens expire; the retries of one fetch share the
    /// answer. Called on a thread of the [TokenClient]'s executor, never on the game's, so it may
    /// block, to renew a login for example. It is interrupted when the fetch is cancelled or runs
    /// out of time. Several fetches may ask at the same time.
    ///
    /// @throws Exception when there is none: the fetch fails with [TokenFetchFailure.NoCredential],
    ///   which names the class of the exception and nothing else of it, since its message may hold
    ///   what is secret
    String credential() throws Exception;
}
