package dev.hawser.transport;

import dev.hawser.linux.Errno;
import dev.hawser.linux.OutboundMessages;
import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Packets on their way to one call of `sendmmsg`: gathered, sent, and none of them more than once.
/// Those to one peer leave in the order in which they were added.
final class OutboundBatch {
    /// The calls: those of a socket, or the script of a test.
    interface SendCalls {
        /// Sends messages, in order, up to the first that cannot be sent.
        ///
        /// @return how many were sent, or, when the first could not be, minus an [Errno]
        int send(OutboundMessages messages, int first, int count);

        /// Sends one message, and lets the system cut it into fragments.
        ///
        /// @return 1, or minus an [Errno]
        int sendInFragments(OutboundMessages messages, int message);
    }

    private OutboundMessages outbound;

    /// Makes more room, the first time that there is too little; none afterwards.
    private @Nullable Supplier<OutboundMessages> moreRoom;

    private final SendCalls calls;
    private final TransportCounters counters;

    /// Whether packets to one peer go as one message; no longer, once that failed for a reason that
    /// stays.
    private boolean sendsRows;

    /// @param moreRoom what takes the place of `outbound` once that is full: the more packets leave
    ///   at once, the more of them leave in rows, and few sockets send so many
    OutboundBatch(
            OutboundMessages outbound,
            Supplier<OutboundMessages> moreRoom,
            SendCalls calls,
            boolean sendsRows,
            TransportCounters counters) {
        this.outbound = outbound;
        this.moreRoom = moreRoom;
        this.calls = calls;
        this.sendsRows = sendsRows;
        this.counters = counters;
    }

    /// Adds a packet to those that [#flush()] sends, which are sent before when there are too many.
    void add(PeerAddress to, ByteBuffer packet) {
        if (!outbound.reaches(to)) {
            counters.notSent(SendFailure.UNREACHABLE, UdpSendFailures.WRONG_FAMILY);
        } else if (!outbound.add(to, packet)) {
            flush();
            makeRoom();
            outbound.add(to, packet);
        }
    }

    private void makeRoom() {
        Supplier<OutboundMessages> moreRoom = this.moreRoom;
        if (moreRoom != null) {
            this.moreRoom = null;
            outbound = moreRoom.get();
        }
    }

    /// Sends what was gathered; nothing is there afterwards.
    ///
    /// The kernel stops at the first message that it cannot send and says why when asked to begin
    /// with that one. Where there is another way to send it, it goes that way; else it is left out,
    /// and the ones behind it go on. When the socket's buffer is full, which is the same for all,
    /// none of them is tried.
    void flush() {
        int end = outbound.packets();
        int place = 0;
        int message = 0;
        int messages = outbound.arrange(sendsRows);
        while (place < end) {
            int result = calls.send(outbound, message, messages - message);
            if (result > 0) {
                for (int i = 0; i < result; i++) {
                    place = countSent(place, place + outbound.packetsOf(message++));
                }
            } else if (-result == Errno.EAGAIN) {
                place = countNotSent(place, end, -result);
            } else if (outbound.packetsOf(message) > 1 && isOfRows(-result)) {
                // A path may be narrower than others, an address no longer be this machine's; the
                // rest will not change.
                sendsRows =
                        -result == Errno.EMSGSIZE
                                || (-result == Errno.EINVAL && outbound.hasLocal(place));
                messages = outbound.arrangeSingly(place);
                message = 0;
            } else if (outbound.hasLocal(place) && mayBeOfLocal(-result)) {
                // What the system prefers is right where a NAT stands before both.
                outbound.forgetLocal(message, place);
            } else if (-result == Errno.EMSGSIZE && sendInFragments(message)) {
                place = countSent(place, place + 1);
                message++;
            } else {
                place = countNotSent(place, place + outbound.packetsOf(message++), -result);
            }
        }
        outbound.clear();
    }

    /// The network interface is narrower than the packet: without it nobody could connect.
    private boolean sendInFragments(int message) {
        return calls.sendInFragments(outbound, message) > 0;
    }

    /// Whether the packets of a row may get through where the row does not.
    private static boolean isOfRows(int errno) {
        return switch (errno) {
            case Errno.EMSGSIZE, Errno.EINVAL, Errno.EIO, Errno.EOPNOTSUPP -> true;
            default -> false;
        };
    }

    /// Whether the address that the peer has dialled may be gone, or stand for many machines.
    private static boolean mayBeOfLocal(int errno) {
        return errno == Errno.EINVAL || errno == Errno.ENETUNREACH;
    }

    private int countSent(int first, int end) {
        for (int i = first; i < end; i++) {
            counters.sent(outbound.bytesAt(i));
        }
        return end;
    }

    private int countNotSent(int first, int end, int errno) {
        for (int i = first; i < end; i++) {
            counters.notSent(failure(errno), Errno.text(errno));
        }
        return end;
    }

    static SendFailure failure(int errno) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> SendFailure.BUFFER_FULL;
            case Errno.EMSGSIZE -> SendFailure.TOO_LARGE;
            case Errno.EPERM, Errno.EACCES -> SendFailure.NOT_PERMITTED;
            case Errno.ENETUNREACH,
                    Errno.EHOSTUNREACH,
                    Errno.EHOSTDOWN,
                    Errno.ENETDOWN,
                    Errno.ENODEV,
                    Errno.EADDRNOTAVAIL,
                    Errno.ECONNREFUSED ->
                    SendFailure.UNREACHABLE;
            default -> SendFailure.OTHER;
        };
    }
}
