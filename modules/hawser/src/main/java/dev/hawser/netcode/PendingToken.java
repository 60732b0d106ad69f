package dev.hawser.netcode;

import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.ConnectTokenInfo;
import dev.hawser.protocol.token.InvalidConnectTokenException;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchException;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.token.TokenSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The connect token that a client waits for; at most one at a time. Of the client's thread, which
/// it never blocks.
final class PendingToken {
    /// What has become of it.
    sealed interface Outcome {
        /// The token is there, and is the caller's to erase.
        record Fetched(FetchedToken token) implements Outcome {}

        /// There will be none.
        record Failed(TokenFetchFailure failure) implements Outcome {}
    }

    private @Nullable TokenSource source;

    /// Whose connection the token is to go on with; null for none.
    private @Nullable TokenTag former;

    private @Nullable CompletableFuture<FetchedToken> fetch;

    /// Waits for what a source has begun to fetch, and for the one before no longer.
    ///
    /// @param source asked again where a token came too late
    /// @param former given to [#begin]
    /// @param fetch what [#begin] gave
    void start(
            TokenSource source, @Nullable TokenTag former, CompletableFuture<FetchedToken> fetch) {
        cancel();
        this.source = source;
        this.former = former;
        this.fetch = fetch;
    }

    /// {@return what a source has begun to fetch; failed where it has begun nothing, since that is
    /// no reason to end the game's tick}
    ///
    /// @throws IllegalStateException when the source is closed
    ///
    /// @param former the tag of the token that the client was connected with, where it goes on with
    ///   that connection
    static CompletableFuture<FetchedToken> begin(TokenSource source, @Nullable TokenTag former) {
        try {
            CompletableFuture<FetchedToken> fetch =
                    former == null ? source.fetch() : source.fetch(former);
            return fetch == null ? failed("its fetch() returned null and no future") : fetch;
        } catch (IllegalStateException e) {
            throw e;
        } catch (Exception e) {
            return failed(thrown(e));
        }
    }

    private static CompletableFuture<FetchedToken> failed(String detail) {
        return CompletableFuture.failedFuture(
                new TokenFetchException(new TokenFetchFailure.SourceFailed(detail)));
    }

    /// {@return whether there was anything to cancel}
    boolean cancel() {
        CompletableFuture<FetchedToken> fetch = this.fetch;
        this.fetch = null;
        if (fetch == null) {
            return false;
        }
        discard(fetch);
        return true;
    }

    /// Nobody wants what a source has begun to fetch.
    static void discard(CompletableFuture<FetchedToken> fetch) {
        if (!fetch.cancel(true) && fetch.state() == Future.State.SUCCESS) {
            // It was there, and nobody had looked.
            erase(fetch.resultNow());
        }
    }

    private static void erase(@Nullable FetchedToken fetched) {
        if (fetched != null) {
            fetched.token().erase();
        }
    }

    /// {@return what has become of the token, once; else null}
    ///
    /// A token that waited through a load screen may have expired there, which no server would say:
    /// another one is fetched then.
    ///
    /// @param sinceLookNanos how long nobody has looked: it came at any time meanwhile
    @Nullable Outcome poll(long sinceLookNanos) {
        CompletableFuture<FetchedToken> ended = fetch;
        if (ended == null || !ended.isDone()) {
            return null;
        }
        fetch = null;
        if (ended.state() != Future.State.SUCCESS) {
            return new Outcome.Failed(failureOf(ended));
        }
        FetchedToken fetched = ended.resultNow();
        if (fetched == null) {
            return new Outcome.Failed(
                    new TokenFetchFailure.SourceFailed("its future has null and no token"));
        }
        if (source != null && mayHaveExpired(fetched.token(), sinceLookNanos)) {
            fetched.token().erase();
            return fetchAgain(source);
        }
        return new Outcome.Fetched(fetched);
    }

    private static boolean mayHaveExpired(ConnectToken token, long sinceLookNanos) {
        try {
            ConnectTokenInfo info = token.info();
            long lifetimeSeconds =
                    UnixTime.secondsBetween(info.createTimestamp(), info.expireTimestamp());
            return TimeUnit.NANOSECONDS.toSeconds(sinceLookNanos) >= lifetimeSeconds;
        } catch (InvalidConnectTokenException e) {
            return false;
        }
    }

    private @Nullable Outcome fetchAgain(TokenSource source) {
        try {
            fetch = begin(source, former);
            return null;
        } catch (IllegalStateException e) {
            return new Outcome.Failed(new TokenFetchFailure.Closed());
        }
    }

    private static TokenFetchFailure failureOf(CompletableFuture<FetchedToken> failed) {
        if (failed.state() == Future.State.FAILED
                && failed.exceptionNow() instanceof TokenFetchException e) {
            return e.failure();
        }
        return failed.state() == Future.State.FAILED
                ? new TokenFetchFailure.SourceFailed(thrown(failed.exceptionNow()))
                : new TokenFetchFailure.Closed();
    }

    /// {@return what happened, without the message, which may hold what is secret}
    private static String thrown(Throwable thrown) {
        return "it failed with " + thrown.getClass().getName();
    }
}
