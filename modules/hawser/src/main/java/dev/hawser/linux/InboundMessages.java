package dev.hawser.linux;

import dev.hawser.protocol.PeerAddress;
import java.lang.foreign.GroupLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Messages that one call of `recvmmsg` receives: headers, addresses and packets in memory that is
/// made once, each packet in a place of its own; from a socket that is bound to all addresses of
/// this machine, each with the one that it was sent to. Belongs to one thread and one socket.
public final class InboundMessages {
    /// How many messages one call receives at most. Twice as many save next to nothing.
    public static final int MESSAGES = 64;

    private static final int MSG_TRUNC = 0x20;

    private static final int NAME_LENGTH = Layouts.offset(Layouts.MMSGHDR, "msg_namelen");
    private static final int CONTROL_BYTES = Layouts.offset(Layouts.MMSGHDR, "msg_controllen");
    private static final int FLAGS = Layouts.offset(Layouts.MMSGHDR, "msg_flags");
    private static final int LENGTH = Layouts.offset(Layouts.MMSGHDR, "msg_len");
    private static final int IOVEC_LENGTH = Layouts.offset(Layouts.IOVEC, "iov_len");

    private static final int HEADER_BYTES = Layouts.bytes(Layouts.MMSGHDR);
    private static final int IOVEC_BYTES = Layouts.bytes(Layouts.IOVEC);
    private static final int IOVECS = MESSAGES * HEADER_BYTES;
    private static final int NAMES = IOVECS + MESSAGES * IOVEC_BYTES;
    private static final int PACKETS = NAMES + MESSAGES * SocketAddressFormat.PLACE_BYTES;
    private static final int CACHE_LINE_BYTES = 64;

    private final int packetBytesMax;
    private final int packetPlaceBytes;
    private final NativeMemory memory;
    private final ByteBuffer bytes;
    private final ByteBuffer[] packets = new ByteBuffer[MESSAGES];
    private final SocketAddressFormat addresses;
    private final LinkLocalScopes scopes;

    /// Null where all packets come to one address.
    private final @Nullable LocalAddressFormat locals;

    private final int controlBytes;

    /// How many headers the kernel has written into since they were prepared.
    private int receivedLast;

    /// @param packetBytesMax for which each message has room
    /// @param tellsLocals whether the socket tells which address a packet was sent to
    InboundMessages(
            int packetBytesMax, boolean isIpv6, LinkLocalScopes scopes, boolean tellsLocals) {
        this.packetBytesMax = packetBytesMax;
        this.scopes = scopes;
        packetPlaceBytes = Math.ceilDiv(packetBytesMax, CACHE_LINE_BYTES) * CACHE_LINE_BYTES;
        controlBytes = tellsLocals ? LocalAddressFormat.bytes(isIpv6) : 0;
        memory = new NativeMemory(PACKETS + MESSAGES * (packetPlaceBytes + controlBytes));
        bytes = memory.buffer();
        addresses = new SocketAddressFormat(isIpv6, memory);
        locals = tellsLocals ? new LocalAddressFormat(isIpv6, memory) : null;
        for (int i = 0; i < MESSAGES; i++) {
            prepare(i);
            packets[i] = memory.view(packet(i), packetBytesMax);
        }
    }

    private void prepare(int index) {
        int header = header(index);
        int iovec = iovec(index);
        putLong(header, Layouts.MMSGHDR, "msg_name", memory.address(name(index)));
        putLong(header, Layouts.MMSGHDR, "msg_iov", memory.address(iovec));
        putLong(header, Layouts.MMSGHDR, "msg_iovlen", 1);
        bytes.putInt(header + NAME_LENGTH, addresses.bytes());
        putLong(iovec, Layouts.IOVEC, "iov_base", memory.address(packet(index)));
        bytes.putLong(iovec + IOVEC_LENGTH, packetBytesMax);
        addresses.prepare(name(index));
        if (locals != null) {
            putLong(header, Layouts.MMSGHDR, "msg_control", memory.address(control(index)));
            bytes.putLong(header + CONTROL_BYTES, controlBytes);
        }
    }

    private void putLong(int offset, GroupLayout struct, String field, long value) {
        bytes.putLong(offset + Layouts.offset(struct, field), value);
    }

    private static int header(int index) {
        return index * HEADER_BYTES;
    }

    private static int iovec(int index) {
        return IOVECS + index * IOVEC_BYTES;
    }

    private static int name(int index) {
        return NAMES + index * SocketAddressFormat.PLACE_BYTES;
    }

    private int packet(int index) {
        return PACKETS + index * packetPlaceBytes;
    }

    private int control(int index) {
        return PACKETS + MESSAGES * packetPlaceBytes + index * controlBytes;
    }

    /// {@return where the headers are, ready to be received into}
    long toReceive() {
        if (locals != null) {
            // The kernel has written over them.
            for (int i = 0; i < receivedLast; i++) {
                bytes.putLong(header(i) + CONTROL_BYTES, controlBytes);
            }
            receivedLast = 0;
        }
        return memory.address(0);
    }

    /// Notes what the kernel says of a call that received.
    int noteReceived(int result) {
        receivedLast = Math.max(0, result);
        return result;
    }

    /// {@return whether a received message was larger than its place, and so is cut off}
    public boolean isCut(int index) {
        return (bytes.getInt(header(index) + FLAGS) & MSG_TRUNC) != 0;
    }

    /// Looks where a received message came from, and, where the socket tells, which address of this
    /// machine it was sent to.
    public void copySender(int index, PeerAddress target) {
        addresses.get(name(index), target, scopes);
        if (locals != null) {
            locals.get(control(index), bytes.getLong(header(index) + CONTROL_BYTES), target);
        }
    }

    /// {@return a received message, between position and limit of a view of its place, which is the
    /// batch's own: it may be changed until the next call receives into the batch}
    public ByteBuffer received(int index) {
        ByteBuffer packet = packets[index];
        packet.clear().order(ByteOrder.BIG_ENDIAN);
        return packet.limit(bytes.getInt(header(index) + LENGTH));
    }
}
