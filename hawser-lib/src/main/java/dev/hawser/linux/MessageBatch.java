package dev.hawser.linux;

import dev.hawser.protocol.PeerAddress;
import java.lang.foreign.GroupLayout;
import java.nio.ByteBuffer;
import java.util.Objects;

/// Messages for one call of `recvmmsg` or `sendmmsg`: headers, addresses and packets in memory that
/// is made once, each packet in a place of its own. Belongs to one thread and one socket.
///
/// A message is a packet. But on the way out [#arrange] can make one message of several packets in
/// a row to one peer, which the kernel then carries through its layers as one and cuts at the end
/// (`UDP_SEGMENT`, udp(7)); on the wire nothing shows it.
public final class MessageBatch {
    /// How many messages go into one batch. Twice as many save next to nothing.
    public static final int MESSAGES = 64;

    /// What goes into one message with others: where a path takes less, which for IPv6 it may not,
    /// the kernel would refuse to cut and could not be asked to fragment.
    private static final int SEGMENT_BYTES_MAX = 1_232;

    /// Below what a UDP datagram holds, with its headers.
    private static final int SEGMENTED_BYTES_MAX = 65_000;

    private static final int MSG_TRUNC = 0x20;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;

    private static final int NAME_LENGTH = Layouts.offset(Layouts.MMSGHDR, "msg_namelen");
    private static final int FLAGS = Layouts.offset(Layouts.MMSGHDR, "msg_flags");
    private static final int NAME = Layouts.offset(Layouts.MMSGHDR, "msg_name");
    private static final int IOVEC = Layouts.offset(Layouts.MMSGHDR, "msg_iov");
    private static final int IOVECS_OF_MESSAGE = Layouts.offset(Layouts.MMSGHDR, "msg_iovlen");
    private static final int CONTROL = Layouts.offset(Layouts.MMSGHDR, "msg_control");
    private static final int CONTROL_BYTES = Layouts.offset(Layouts.MMSGHDR, "msg_controllen");
    private static final int LENGTH = Layouts.offset(Layouts.MMSGHDR, "msg_len");
    private static final int IOVEC_LENGTH = Layouts.offset(Layouts.IOVEC, "iov_len");

    private static final int CONTROL_LENGTH = Layouts.bytes(Layouts.SEGMENT_CONTROL);
    private static final int CONTROL_SIZE =
            Layouts.offset(Layouts.SEGMENT_CONTROL, "segment_bytes");

    private static final int HEADER_BYTES = Layouts.bytes(Layouts.MMSGHDR);
    private static final int IOVEC_BYTES = Layouts.bytes(Layouts.IOVEC);
    private static final int IOVECS = MESSAGES * HEADER_BYTES;
    private static final int NAMES = IOVECS + MESSAGES * IOVEC_BYTES;
    private static final int CONTROLS = NAMES + MESSAGES * SocketAddressFormat.PLACE_BYTES;
    private static final int PACKETS = CONTROLS + MESSAGES * CONTROL_LENGTH;
    private static final int CACHE_LINE_BYTES = 64;

    private final int packetBytesMax;
    private final int packetPlaceBytes;
    private final NativeMemory memory;
    private final ByteBuffer bytes;
    private final ByteBuffer[] packets = new ByteBuffer[MESSAGES];
    private final SocketAddressFormat addresses;
    private final LinkLocalScopes scopes;

    /// @param packetBytesMax for which each message has room
    MessageBatch(int packetBytesMax, boolean isIpv6, LinkLocalScopes scopes) {
        this.packetBytesMax = packetBytesMax;
        this.scopes = scopes;
        packetPlaceBytes = Math.ceilDiv(packetBytesMax, CACHE_LINE_BYTES) * CACHE_LINE_BYTES;
        memory = new NativeMemory(PACKETS + MESSAGES * packetPlaceBytes);
        bytes = memory.buffer();
        addresses = new SocketAddressFormat(isIpv6, memory);
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
        int control = control(index);
        putLong(control, Layouts.SEGMENT_CONTROL, "cmsg_len", CONTROL_SIZE + Short.BYTES);
        bytes.putInt(control + Layouts.offset(Layouts.SEGMENT_CONTROL, "cmsg_level"), SOL_UDP);
        bytes.putInt(control + Layouts.offset(Layouts.SEGMENT_CONTROL, "cmsg_type"), UDP_SEGMENT);
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

    private static int control(int index) {
        return CONTROLS + index * CONTROL_LENGTH;
    }

    private int packet(int index) {
        return PACKETS + index * packetPlaceBytes;
    }

    /// {@return where the headers from this one on are, for the kernel}
    long address(int index) {
        return memory.address(header(index));
    }

    // ---- What came in

    /// {@return whether a received message was larger than its place, and so is cut off}
    public boolean isCut(int index) {
        return (bytes.getInt(header(index) + FLAGS) & MSG_TRUNC) != 0;
    }

    /// Looks where a received message came from.
    public void copySender(int index, PeerAddress target) {
        addresses.get(name(index), target, scopes);
    }

    /// {@return a received message, between position and limit of a view of its place, which is the
    /// batch's own: it may be changed until the next call receives into the batch}
    public ByteBuffer received(int index) {
        ByteBuffer packet = packets[index];
        packet.clear().limit(bytes.getInt(header(index) + LENGTH));
        return packet;
    }

    // ---- What goes out

    /// {@return whether a message can be sent to this peer from here}
    public boolean reaches(PeerAddress peer) {
        return addresses.fits(peer);
    }

    /// Puts a packet into the batch: a message, until they are arranged otherwise.
    ///
    /// @param packet the bytes between position and limit, which are copied
    public void put(int index, PeerAddress to, ByteBuffer packet) {
        int length = packet.remaining();
        Objects.checkFromIndexSize(0, length, packetBytesMax);
        bytes.put(packet(index), packet, packet.position(), length);
        bytes.putLong(iovec(index) + IOVEC_LENGTH, length);
        addresses.put(name(index), to, scopes);
    }

    /// {@return the size of a packet that was put into the batch}
    public int bytesToSend(int index) {
        return (int) bytes.getLong(iovec(index) + IOVEC_LENGTH);
    }

    /// Lays packets out as messages, from message 0 on and in order: one each, or one for a row of
    /// them to the same peer, all of one size but the last, which may be smaller.
    ///
    /// @param first the first packet
    /// @param end the packet after the last one
    /// @param inRows whether a message may be a row
    /// @return how many messages that makes
    public int arrange(int first, int end, boolean inRows) {
        int messages = 0;
        int packet = first;
        while (packet < end) {
            int next = inRows ? rowEnd(packet, end) : packet + 1;
            layOut(messages++, packet, next);
            packet = next;
        }
        return messages;
    }

    private int rowEnd(int first, int end) {
        int size = bytesToSend(first);
        int next = first + 1;
        if (size == 0 || size > SEGMENT_BYTES_MAX) {
            return next;
        }
        int limit = Math.min(end, first + SEGMENTED_BYTES_MAX / size);
        int latest = size;
        while (next < limit && latest == size) {
            latest = bytesToSend(next);
            if (latest == 0 || latest > size || !isSamePeer(first, next)) {
                break;
            }
            next++;
        }
        return next;
    }

    private boolean isSamePeer(int one, int other) {
        for (int i = 0; i < SocketAddressFormat.PLACE_BYTES; i += Long.BYTES) {
            if (bytes.getLong(name(one) + i) != bytes.getLong(name(other) + i)) {
                return false;
            }
        }
        return true;
    }

    private void layOut(int message, int first, int end) {
        int header = header(message);
        boolean isRow = end - first > 1;
        bytes.putLong(header + NAME, memory.address(name(first)));
        bytes.putLong(header + IOVEC, memory.address(iovec(first)));
        bytes.putLong(header + IOVECS_OF_MESSAGE, end - first);
        bytes.putLong(header + CONTROL, isRow ? memory.address(control(message)) : 0);
        bytes.putLong(header + CONTROL_BYTES, isRow ? CONTROL_LENGTH : 0);
        if (isRow) {
            bytes.putShort(control(message) + CONTROL_SIZE, (short) bytesToSend(first));
        }
    }

    /// {@return of how many packets a message consists}
    public int packetsOf(int message) {
        return (int) bytes.getLong(header(message) + IOVECS_OF_MESSAGE);
    }
}
