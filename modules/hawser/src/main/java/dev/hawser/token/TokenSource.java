package dev.hawser.token;

import dev.hawser.protocol.TokenTag;
import java.util.concurrent.CompletableFuture;

/// Where a client gets its connect tokens: what `Authentication.Backend` asks, anew for each
/// connect. `TokenClient` of the module `dev.hawser.online` is one, which asks Hawser's token
/// service over HTTPS; a game whose own servers hand out tokens writes another:
///
/// ```java
/// record OwnTokens(GameSession session) implements TokenSource {
///     @Override
///     public CompletableFuture<FetchedToken> fetch() {
///         return session.askForToken()
///                 .thenApply(answer ->
///                         FetchedToken.of(ConnectToken.ofBytes(answer.token()), answer.playerId()));
///     }
/// }
/// ```
///
/// **Failure.** A future that fails ends the connect in `DisconnectReason.TokenFetchFailed`: with
/// the failure of a [TokenFetchException], with [TokenFetchFailure.Closed] where the source has
/// cancelled the future, and else with [TokenFetchFailure.SourceFailed], also where [#fetch()]
/// itself throws or there is null in place of future or token. The client does not try again by
/// itself, unless it is coming back to a lost connection; retries, timeouts and the limits of both
/// are the source's.
///
/// **Cancelling.** A client that no longer wants the token cancels the future that it was given,
/// and erases a token that was there by then. A source which sees that its future is cancelled may
/// end its work, and erases a token that comes later.
///
/// **Threads.** The client calls on its own thread, looks at each update whether the future is
/// done, and never waits for it. Several clients may share a source, each on a thread of its own.
@FunctionalInterface
public interface TokenSource {
    /// Starts fetching a connect token, and returns at once.
    ///
    /// @return done when the token is there, on any thread; each call returns another future, and
    ///   another token, since a token is good for one connection
    /// @throws IllegalStateException when this source is closed
    CompletableFuture<FetchedToken> fetch();

    /// Starts fetching a connect token with which a client goes on with a connection that it has
    /// lost (`NetcodeClient.Builder.resume`), and returns at once.
    ///
    /// A source that can hand the tag to whoever mints
    /// ([dev.hawser.protocol.token.TokenRequest.Builder#resumes]) overrides it. The others give a
    /// plain token, with which the client comes back as somebody new.
    ///
    /// @param former the tag of the token that the client was connected with
    /// @return as with [#fetch()]
    /// @throws IllegalStateException when this source is closed
    default CompletableFuture<FetchedToken> fetch(TokenTag former) {
        return fetch();
    }
}
