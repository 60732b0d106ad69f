package dev.hawser.linux;

import dev.hawser.protocol.PeerAddress;
import java.lang.foreign.GroupLayout;
import java.nio.ByteBuffer;
import java.util.Objects;

/// Messages for one call of `recvmmsg` or `sendmmsg`, each with a local address of its own
/// (`IP_PKTINFO`, ip(7)): one IPv4 socket can be many peers. For load generators; a game has one
/// address and uses [InboundMessages] and [OutboundMessages].
///
/// Belongs to one thread and one socket, and to one direction.
public final class LocalAddressBatch {
    /// How many messages go into one batch.
    public static final int MESSAGES = InboundMessages.MESSAGES;

    private static final int IPPROTO_IP = 0;
    private static final int IP_PKTINFO = 8;
    private static final int PKTINFO_BYTES = 12;

    private static final int NAME_LENGTH = Layouts.offset(Layouts.MMSGHDR, "msg_namelen");
    private static final int CONTROL_BYTES = Layouts.offset(Layouts.MMSGHDR, "msg_controllen");
    private static final int LENGTH = Layouts.offset(Layouts.MMSGHDR, "msg_len");
    private static final int IOVEC_LENGTH = Layouts.offset(Layouts.IOVEC, "iov_len");
    private static final int SOURCE = Layouts.offset(Layouts.LOCAL_ADDRESS_CONTROL, "ipi_spec_dst");
    private static final int DESTINATION =
            Layouts.offset(Layouts.LOCAL_ADDRESS_CONTROL, "ipi_addr");
    private static final int CONTROL_DATA =
            Layouts.offset(Layouts.LOCAL_ADDRESS_CONTROL, "ipi_ifindex");

    private static final int HEADER_BYTES = Layouts.bytes(Layouts.MMSGHDR);
    private static final int IOVEC_BYTES = Layouts.bytes(Layouts.IOVEC);
    private static final int CONTROL_LENGTH = Layouts.bytes(Layouts.LOCAL_ADDRESS_CONTROL);
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

    /// How many headers the kernel has written into since they were prepared.
    private int receivedLast;

    LocalAddressBatch(int packetBytesMax, LinkLocalScopes scopes) {
        this.packetBytesMax = packetBytesMax;
        this.scopes = scopes;
        packetPlaceBytes = Math.ceilDiv(packetBytesMax, CACHE_LINE_BYTES) * CACHE_LINE_BYTES;
        memory = new NativeMemory(PACKETS + MESSAGES * packetPlaceBytes);
        bytes = memory.buffer();
        addresses = new SocketAddressFormat(false, memory);
        for (int i = 0; i < MESSAGES; i++) {
            prepare(i);
            packets[i] = memory.view(packet(i), packetBytesMax);
        }
    }

    private void prepare(int index) {
        int header = header(index);
        int iovec = iovec(index);
        int control = control(index);
        putLong(header, Layouts.MMSGHDR, "msg_name", memory.address(name(index)));
        putLong(header, Layouts.MMSGHDR, "msg_iov", memory.address(iovec));
        putLong(header, Layouts.MMSGHDR, "msg_iovlen", 1);
        putLong(header, Layouts.MMSGHDR, "msg_control", memory.address(control));
        prepareLengths(header);
        putLong(iovec, Layouts.IOVEC, "iov_base", memory.address(packet(index)));
        bytes.putLong(iovec + IOVEC_LENGTH, packetBytesMax);
        addresses.prepare(name(index));
        GroupLayout layout = Layouts.LOCAL_ADDRESS_CONTROL;
        putLong(control, layout, "cmsg_len", CONTROL_DATA + PKTINFO_BYTES);
        bytes.putInt(control + Layouts.offset(layout, "cmsg_level"), IPPROTO_IP);
        bytes.putInt(control + Layouts.offset(layout, "cmsg_type"), IP_PKTINFO);
    }

    /// The kernel writes over both when it receives.
    private void prepareLengths(int header) {
        bytes.putInt(header + NAME_LENGTH, addresses.bytes());
        bytes.putLong(header + CONTROL_BYTES, CONTROL_LENGTH);
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

    /// {@return where the headers are, ready to be received into}
    long toReceive() {
        for (int i = 0; i < receivedLast; i++) {
            prepareLengths(header(i));
        }
        receivedLast = 0;
        return memory.address(0);
    }

    /// Notes what the kernel says of a call that received.
    int received(int result) {
        receivedLast = Math.max(0, result);
        return result;
    }

    /// {@return where the headers from this one on are}
    long toSend(int first) {
        return memory.address(header(first));
    }

    // ---- What came in

    /// Looks where a received message came from.
    public void copySender(int index, PeerAddress target) {
        addresses.get(name(index), target, scopes);
    }

    /// {@return the address of this machine that a received message was sent to, the first of its
    /// four octets the most significant}
    public int localAddress(int index) {
        return Integer.reverseBytes(bytes.getInt(control(index) + DESTINATION));
    }

    /// {@return a received message, between position and limit of a view of its place, which is the
    /// batch's own: it may be changed until the next call receives into the batch}
    public ByteBuffer message(int index) {
        ByteBuffer packet = packets[index];
        packet.clear().limit(bytes.getInt(header(index) + LENGTH));
        return packet;
    }

    // ---- What goes out

    /// Puts a message into the batch.
    ///
    /// @param localAddress the address of this machine that it goes out from
    /// @param packet the bytes between position and limit, which are copied
    public void put(int index, int localAddress, PeerAddress to, ByteBuffer packet) {
        int length = packet.remaining();
        Objects.checkFromIndexSize(0, length, packetBytesMax);
        bytes.put(packet(index), packet, packet.position(), length);
        bytes.putLong(iovec(index) + IOVEC_LENGTH, length);
        bytes.putInt(control(index) + SOURCE, Integer.reverseBytes(localAddress));
        addresses.put(name(index), to, scopes);
    }
}
