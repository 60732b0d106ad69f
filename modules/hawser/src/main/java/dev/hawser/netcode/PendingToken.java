package dev.hawser.netcode;

import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenFetchException;
import dev.hawser.token.TokenFetchFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// The fetch of a connect token that a client waits for; at most one at a time. Of the client's
/// thread, which it never blocks.
final class PendingToken {
    private @Nullable CompletableFuture<FetchedToken> fetch;

    /// Waits for this fetch, and for the one before no longer.
    void start(CompletableFuture<FetchedToken> fetch) {
        cancel();
        this.fetch = fetch;
    }

    /// {@return whether there was anything to cancel}
    boolean cancel() {
        CompletableFuture<FetchedToken> fetch = this.fetch;
        this.fetch = null;
        if (fetch == null) {
            return false;
        }
        if (!fetch.cancel(true) && fetch.state() == Future.State.SUCCESS) {
            // It was there, and nobody had looked.
            fetch.resultNow().token().erase();
        }
        return true;
    }

    /// {@return the fetch when it has ended, once; else null}
    @Nullable CompletableFuture<FetchedToken> poll() {
        CompletableFuture<FetchedToken> fetch = this.fetch;
        if (fetch == null || !fetch.isDone()) {
            return null;
        }
        this.fetch = null;
        return fetch;
    }

    /// {@return why a fetch has failed}
    static TokenFetchFailure failureOf(CompletableFuture<FetchedToken> failed) {
        if (failed.state() == Future.State.FAILED
                && failed.exceptionNow() instanceof TokenFetchException e) {
            return e.failure();
        }
        return failed.state() == Future.State.FAILED
                ? sourceFailed(failed.exceptionNow())
                : new TokenFetchFailure.Closed();
    }

    /// {@return the failure of a source that failed in its own way}
    static TokenFetchFailure sourceFailed(Throwable thrown) {
        return new TokenFetchFailure.SourceFailed("it failed with " + thrown.getClass().getName());
    }
}
