package dev.hawser.online.http;

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
/// One array of the full size from the start: one that grew would leave parts of a token behind
/// where nobody erases them.
final class AnswerBody implements HttpResponse.BodySubscriber<Answer> {
    private final HttpResponse.ResponseInfo info;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final byte[] array;
    private int length;
    private Flow.@Nullable Subscription subscription;

    /// @param bytesMax that it may have
    AnswerBody(HttpResponse.ResponseInfo info, int bytesMax) {
        this.info = info;
        array = new byte[bytesMax];
    }

    @Override
    public CompletionStage<Answer> getBody() {
        return answer;
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
            if (answer.isDone()) {
                return;
            }
            if (bytes > array.length - length) {
                if (subscription != null) {
                    subscription.cancel();
                }
                answer.complete(new Answer(info, array, length, true));
                return;
            }
            buffer.get(array, length, bytes);
            length += bytes;
        }
    }

    @Override
    public void onError(Throwable thrown) {
        Arrays.fill(array, (byte) 0);
        answer.completeExceptionally(thrown);
    }

    @Override
    public void onComplete() {
        answer.complete(new Answer(info, array, length, false));
    }
}
