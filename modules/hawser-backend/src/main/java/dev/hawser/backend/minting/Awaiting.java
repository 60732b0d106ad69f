package dev.hawser.backend.minting;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// How requests ask what is asynchronous: each waits on its own virtual thread, not for ever.
public final class Awaiting {
    private static final long TIMEOUT_SECONDS = 5;

    private Awaiting() {}

    /// {@return what a stage comes to}
    ///
    /// @throws TimeoutException when it fails or does not come in time: what was asked for may have
    ///   happened
    /// @throws IllegalArgumentException when the request itself is wrong
    public static <T> T await(CompletionStage<T> stage) throws TimeoutException {
        try {
            return stage.toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException wrong) {
                throw wrong;
            }
            throw unreachable(e);
        }
    }

    private static TimeoutException unreachable(Throwable cause) {
        TimeoutException failure = new TimeoutException("the server registry cannot be reached");
        failure.initCause(cause);
        return failure;
    }
}
