package dev.hawser.token;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// Takes the body of an answer up to a limit, and hangs up on what is longer.
///
/// One array of the full size from the start: one that grew would leave parts of the token behind
/// where nobody erases them.
final class AnswerBody implements HttpResponse.BodySubscriber<AnswerBody.Bytes> {
    /// More than three times what the longest answer of the service has.
    static final int BYTES_MAX = 32 << 10;

    /// What came.
    ///
    /// @param array to be erased, with the body at its beginning
    /// @param length of the body
    /// @param isTooLong whether there was more
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Bytes(byte[] array, int length, boolean isTooLong) {
        void erase() {
            Arrays.fill(array, (byte) 0);
        }
    }

    private final CompletableFuture<Bytes> body = new CompletableFuture<>();
    private final byte[] array = new byte[BYTES_MAX];
    private int length;
    private Flow.@Nullable Subscription subscription;

    @Override
    public CompletionStage<Bytes> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            int bytes = buffer.remaining();
            if (body.isDone()) {
                return;
            }
            if (bytes > BYTES_MAX - length) {
                if (subscription != null) {
                    subscription.cancel();
                }
                body.complete(new Bytes(array, length, true));
                return;
            }
            buffer.get(array, length, bytes);
            length += bytes;
        }
    }

    @Override
    public void onError(Throwable thrown) {
        Arrays.fill(array, (byte) 0);
        body.completeExceptionally(thrown);
    }

    @Override
    public void onComplete() {
        body.complete(new Bytes(array, length, false));
    }
}
