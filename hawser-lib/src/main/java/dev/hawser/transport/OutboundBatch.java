package dev.hawser.transport;

import dev.hawser.linux.Errno;
import dev.hawser.linux.MessageBatch;
import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;

/// Packets on their way to one call of `sendmmsg`: gathered, sent in order, and none of them more
/// than once.
final class OutboundBatch {
    /// The call: `sendmmsg`, or the script of a test.
    @FunctionalInterface
    interface SendCall {
        /// Sends messages of the batch, in order, up to the first that cannot be sent.
        ///
        /// @return how many were sent, or, when the first could not be, minus an [Errno]
        int send(int first, int count);
    }

    private final MessageBatch batch;
    private final SendCall call;
    private final TransportCounters counters;
    private int gathered;

    OutboundBatch(MessageBatch batch, SendCall call, TransportCounters counters) {
        this.batch = batch;
        this.call = call;
        this.counters = counters;
    }

    /// Puts a packet into the batch, which is sent when it is full.
    void add(PeerAddress to, ByteBuffer packet) {
        if (!batch.reaches(to)) {
            counters.notSent(SendFailure.UNREACHABLE);
            return;
        }
        batch.put(gathered++, to, packet);
        if (gathered == MessageBatch.MESSAGES) {
            flush();
        }
    }

    /// Sends what is in the batch, which is empty afterwards.
    ///
    /// The kernel stops at the first packet that it cannot send and says why when asked to begin
    /// with that one. It is left out then, and the ones behind it go on; but when the socket's
    /// buffer is full, which is the same for all, none of them is tried.
    void flush() {
        int count = gathered;
        gathered = 0;
        int first = 0;
        boolean isRepeated = false;
        while (first < count) {
            int result = call.send(first, count - first);
            if (result > 0) {
                countSent(first, first + result);
                first += result;
                isRepeated = false;
            } else if (isOfAnother(-result) && !isRepeated) {
                isRepeated = true;
            } else if (-result == Errno.EAGAIN) {
                countNotSent(first, count, SendFailure.BUFFER_FULL);
                first = count;
            } else {
                countNotSent(first, first + 1, failure(-result));
                first++;
                isRepeated = false;
            }
        }
    }

    /// Whether an error says nothing of the packet in hand: a signal came, or an answer to a packet
    /// sent before, which is told once.
    private static boolean isOfAnother(int errno) {
        return errno == Errno.EINTR || errno == Errno.ECONNREFUSED;
    }

    private void countSent(int first, int end) {
        for (int i = first; i < end; i++) {
            counters.sent(batch.bytesToSend(i));
        }
    }

    private void countNotSent(int first, int end, SendFailure failure) {
        for (int i = first; i < end; i++) {
            counters.notSent(failure);
        }
    }

    static SendFailure failure(int errno) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> SendFailure.BUFFER_FULL;
            case Errno.EMSGSIZE -> SendFailure.TOO_LARGE;
            case Errno.EPERM, Errno.EACCES -> SendFailure.NOT_PERMITTED;
            case Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.EHOSTDOWN, Errno.ECONNREFUSED ->
                    SendFailure.UNREACHABLE;
            default -> SendFailure.OTHER;
        };
    }
}
