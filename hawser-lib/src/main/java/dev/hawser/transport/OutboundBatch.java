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

    /// Whether several packets in a row to one peer go as one message; no longer, once that failed
    /// for a reason that stays.
    private boolean sendsRows;

    private int gathered;

    OutboundBatch(
            MessageBatch batch, SendCall call, boolean sendsRows, TransportCounters counters) {
        this.batch = batch;
        this.call = call;
        this.sendsRows = sendsRows;
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
    /// The kernel stops at the first message that it cannot send and says why when asked to begin
    /// with that one. It is left out then, and the ones behind it go on; but when the socket's
    /// buffer is full, which is the same for all, none of them is tried. A row of packets that it
    /// does not take as a row is tried one by one.
    void flush() {
        int end = gathered;
        gathered = 0;
        int packet = 0;
        int message = 0;
        int messages = batch.arrange(0, end, sendsRows);
        while (packet < end) {
            int result = call.send(message, messages - message);
            if (result > 0) {
                for (int i = 0; i < result; i++) {
                    packet = countSent(packet, packet + batch.packetsOf(message++));
                }
            } else if (-result == Errno.EAGAIN) {
                packet = countNotSent(packet, end, SendFailure.BUFFER_FULL);
            } else if (batch.packetsOf(message) > 1 && isOfRows(-result)) {
                // A path may be narrower than others; the rest will not change.
                sendsRows = -result == Errno.EMSGSIZE;
                messages = batch.arrange(packet, end, false);
                message = 0;
            } else {
                int next = packet + batch.packetsOf(message++);
                packet = countNotSent(packet, next, failure(-result));
            }
        }
    }

    /// Whether the packets of a row may get through where the row does not.
    private static boolean isOfRows(int errno) {
        return switch (errno) {
            case Errno.EMSGSIZE, Errno.EINVAL, Errno.EIO, Errno.EOPNOTSUPP -> true;
            default -> false;
        };
    }

    private int countSent(int first, int end) {
        for (int i = first; i < end; i++) {
            counters.sent(batch.bytesToSend(i));
        }
        return end;
    }

    private int countNotSent(int first, int end, SendFailure failure) {
        for (int i = first; i < end; i++) {
            counters.notSent(failure);
        }
        return end;
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
