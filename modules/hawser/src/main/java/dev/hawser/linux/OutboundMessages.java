package dev.hawser.linux;

import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Packets gathered for one call of `sendmmsg`, in memory that is made once. Belongs to one thread
/// and one socket.
///
/// A message is a packet, or a row of them to one peer, which the kernel carries through its layers
/// as one and cuts at the end (`UDP_SEGMENT`, udp(7)): the route, the socket's accounts and the
/// queues are paid once for all of them, and on the wire nothing shows it. Packets to a peer find
/// each other wherever they stand among those to others, and stay in their order; between peers
/// there is no order to keep. Packets to one peer from two addresses of this machine never share a
/// message.
public final class OutboundMessages {
    /// What goes into one message with others: where a path takes less, which for IPv6 it may not,
    /// the kernel would refuse to cut and could not be asked to fragment.
    private static final int SEGMENT_BYTES_MAX = 1_232;

    /// As many as every kernel cuts.
    private static final int SEGMENTS_MAX = 64;

    /// Below what a UDP datagram holds, with its headers.
    private static final int ROW_BYTES_MAX = 65_000;

    private static final int NONE = -1;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;

    private static final int NAME = Layouts.offset(Layouts.MMSGHDR, "msg_name");
    private static final int NAME_LENGTH = Layouts.offset(Layouts.MMSGHDR, "msg_namelen");
    private static final int IOVEC = Layouts.offset(Layouts.MMSGHDR, "msg_iov");
    private static final int IOVECS_OF_MESSAGE = Layouts.offset(Layouts.MMSGHDR, "msg_iovlen");
    private static final int CONTROL = Layouts.offset(Layouts.MMSGHDR, "msg_control");
    private static final int CONTROL_BYTES = Layouts.offset(Layouts.MMSGHDR, "msg_controllen");
    private static final int IOVEC_BASE = Layouts.offset(Layouts.IOVEC, "iov_base");
    private static final int IOVEC_LENGTH = Layouts.offset(Layouts.IOVEC, "iov_len");
    private static final int SEGMENT_CONTROL_BYTES = Layouts.bytes(Layouts.SEGMENT_CONTROL);
    private static final int SEGMENT_BYTES =
            Layouts.offset(Layouts.SEGMENT_CONTROL, "segment_bytes");

    private static final int HEADER_BYTES = Layouts.bytes(Layouts.MMSGHDR);
    private static final int IOVEC_BYTES = Layouts.bytes(Layouts.IOVEC);
    private static final long HASH_FACTOR = 0x9e37_79b9_7f4a_7c15L;

    private final int iovecs;
    private final int names;
    private final int controls;
    private final int contents;
    private final int bytesMax;
    private final NativeMemory memory;
    private final ByteBuffer bytes;
    private final SocketAddressFormat addresses;
    private final LinkLocalScopes scopes;

    /// Null where all packets leave from one address.
    private final @Nullable LocalAddressFormat locals;

    private final int localBytes;
    private final int controlBytes;

    private int packets;
    private int bytesUsed;
    private final int[] offsets;
    private final int[] lengths;

    /// The next packet to the same peer, or none; and whether it is the next of another one.
    private final int[] next;

    private final boolean[] isFirst;

    /// Whether the packet says from which address of this machine it leaves.
    private final boolean[] hasLocal;

    /// The latest packet to a peer of each hash. Peers with one hash push each other out, which
    /// costs them rows and nothing else: so nobody can make a search long.
    private final int[] latest;

    private final int[] hashes;
    private final int hashShift;

    /// The packets as they are laid out in messages.
    private final int[] order;

    private int places;
    private int messages;

    /// @param packetsMax how many packets there is room for
    /// @param bytesMax how many bytes in all
    /// @param tellsLocals whether a packet says from which address of this machine it leaves
    OutboundMessages(
            int packetsMax,
            int bytesMax,
            boolean isIpv6,
            LinkLocalScopes scopes,
            boolean tellsLocals) {
        this.bytesMax = bytesMax;
        this.scopes = scopes;
        localBytes = tellsLocals ? LocalAddressFormat.bytes(isIpv6) : 0;
        controlBytes = localBytes + SEGMENT_CONTROL_BYTES;
        iovecs = packetsMax * HEADER_BYTES;
        names = iovecs + packetsMax * IOVEC_BYTES;
        controls = names + packetsMax * SocketAddressFormat.PLACE_BYTES;
        contents = controls + packetsMax * controlBytes;
        memory = new NativeMemory(contents + bytesMax);
        bytes = memory.buffer();
        addresses = new SocketAddressFormat(isIpv6, memory);
        locals = tellsLocals ? new LocalAddressFormat(isIpv6, memory) : null;
        offsets = new int[packetsMax];
        lengths = new int[packetsMax];
        next = new int[packetsMax];
        isFirst = new boolean[packetsMax];
        hasLocal = new boolean[packetsMax];
        order = new int[packetsMax];
        hashes = new int[packetsMax];
        int buckets = Integer.highestOneBit(packetsMax) * 2;
        hashShift = Long.numberOfLeadingZeros(buckets) + 1;
        latest = new int[buckets];
        Arrays.fill(latest, NONE);
        for (int i = 0; i < packetsMax; i++) {
            prepare(i);
        }
    }

    private void prepare(int index) {
        bytes.putInt(header(index) + NAME_LENGTH, addresses.bytes());
        addresses.prepare(name(index));
        if (locals != null) {
            locals.prepare(localControl(index));
        }
        int control = segmentControl(index);
        int length = Layouts.offset(Layouts.SEGMENT_CONTROL, "cmsg_len");
        bytes.putLong(control + length, SEGMENT_BYTES + Short.BYTES);
        bytes.putInt(control + Layouts.offset(Layouts.SEGMENT_CONTROL, "cmsg_level"), SOL_UDP);
        bytes.putInt(control + Layouts.offset(Layouts.SEGMENT_CONTROL, "cmsg_type"), UDP_SEGMENT);
    }

    private static int header(int message) {
        return message * HEADER_BYTES;
    }

    private int iovec(int place) {
        return iovecs + place * IOVEC_BYTES;
    }

    private int name(int packet) {
        return names + packet * SocketAddressFormat.PLACE_BYTES;
    }

    /// {@return where the local address of a packet is, and behind it the place for the size of the
    /// row that begins with it: so that a message may have either, or both}
    private int localControl(int packet) {
        return controls + packet * controlBytes;
    }

    private int segmentControl(int packet) {
        return localControl(packet) + localBytes;
    }

    /// {@return where the headers from this message on are, for the kernel}
    long address(int message) {
        return memory.address(header(message));
    }

    // ---- Gathering

    /// {@return whether a packet can be sent to this peer from here}
    public boolean reaches(PeerAddress peer) {
        return addresses.fits(peer);
    }

    /// Adds a packet to those that are there.
    ///
    /// @param packet the bytes between position and limit, which are copied
    /// @return whether there was room
    public boolean add(PeerAddress to, ByteBuffer packet) {
        int length = packet.remaining();
        Objects.checkFromIndexSize(0, length, bytesMax);
        if (packets == offsets.length || length > bytesMax - bytesUsed) {
            return false;
        }
        int index = packets++;
        bytes.put(contents + bytesUsed, packet, packet.position(), length);
        offsets[index] = bytesUsed;
        lengths[index] = length;
        bytesUsed += length;
        addresses.put(name(index), to, scopes);
        if (locals != null) {
            locals.put(localControl(index), to);
            hasLocal[index] = to.hasLocal();
        }
        link(index, to);
        return true;
    }

    /// Finds the packet to the same peer before this one.
    private void link(int index, PeerAddress to) {
        long number = (to.low() ^ to.port() ^ Long.rotateLeft(to.high(), 32)) * HASH_FACTOR;
        int hash = (int) (number >>> hashShift);
        int former = latest[hash];
        hashes[index] = hash;
        latest[hash] = index;
        next[index] = NONE;
        isFirst[index] = former == NONE || !isSamePeer(former, index);
        if (!isFirst[index]) {
            next[former] = index;
        }
    }

    private boolean isSamePeer(int one, int other) {
        for (int i = 0; i < SocketAddressFormat.PLACE_BYTES; i += Long.BYTES) {
            if (bytes.getLong(name(one) + i) != bytes.getLong(name(other) + i)) {
                return false;
            }
        }
        return locals == null || locals.isSame(localControl(one), localControl(other));
    }

    /// {@return how many packets were added}
    public int packets() {
        return packets;
    }

    /// Forgets all packets.
    public void clear() {
        for (int i = 0; i < packets; i++) {
            latest[hashes[i]] = NONE;
        }
        packets = 0;
        bytesUsed = 0;
    }

    // ---- Laying out

    /// Lays all packets out as messages.
    ///
    /// @param inRows whether packets to one peer may make one message: as many of one size as there
    ///   are in a row, and one smaller one behind them
    /// @return how many messages that makes
    public int arrange(boolean inRows) {
        places = 0;
        messages = 0;
        for (int i = 0; i < packets; i++) {
            if (!inRows) {
                place(i);
                layOut(i, i, 1);
            } else if (isFirst[i]) {
                int packet = i;
                while (packet != NONE) {
                    packet = layOutRow(packet);
                }
            }
        }
        return messages;
    }

    /// @return the packet to the same peer behind the row
    private int layOutRow(int first) {
        int start = places;
        int size = lengths[first];
        int rowBytes = 0;
        int packet = first;
        int length;
        do {
            length = lengths[packet];
            rowBytes += length;
            place(packet);
            packet = next[packet];
        } while (packet != NONE
                && length == size
                && places - start < SEGMENTS_MAX
                && mayFollow(size, lengths[packet])
                && rowBytes + lengths[packet] <= ROW_BYTES_MAX);
        layOut(first, start, places - start);
        return packet;
    }

    private static boolean mayFollow(int size, int length) {
        return length > 0 && length <= size && size <= SEGMENT_BYTES_MAX;
    }

    private void place(int packet) {
        int iovec = iovec(places);
        bytes.putLong(iovec + IOVEC_BASE, memory.address(contents + offsets[packet]));
        bytes.putLong(iovec + IOVEC_LENGTH, lengths[packet]);
        order[places++] = packet;
    }

    private void layOut(int packet, int place, int count) {
        int message = messages++;
        int header = header(message);
        bytes.putLong(header + NAME, memory.address(name(packet)));
        bytes.putLong(header + IOVEC, memory.address(iovec(place)));
        bytes.putLong(header + IOVECS_OF_MESSAGE, count);
        putControl(message, packet, count);
    }

    private void putControl(int message, int packet, int count) {
        int header = header(message);
        int controlStart = hasLocal[packet] ? localControl(packet) : segmentControl(packet);
        int controlEnd = segmentControl(packet);
        if (count > 1) {
            bytes.putShort(controlEnd + SEGMENT_BYTES, (short) lengths[packet]);
            controlEnd += SEGMENT_CONTROL_BYTES;
        }
        boolean hasControl = controlEnd > controlStart;
        bytes.putLong(header + CONTROL, hasControl ? memory.address(controlStart) : 0);
        bytes.putLong(header + CONTROL_BYTES, controlEnd - controlStart);
    }

    /// Lays out again, one by one, the packets from a place on.
    ///
    /// @param place in the order of the messages as they are, from 0 on
    /// @return how many messages that makes, from 0 on
    public int arrangeSingly(int place) {
        messages = 0;
        for (int i = place; i < places; i++) {
            layOut(order[i], i, 1);
        }
        return messages;
    }

    /// {@return whether the packet at a place in the order of the messages says from which address
    /// of this machine it leaves}
    public boolean hasLocal(int place) {
        return hasLocal[order[place]];
    }

    /// Has a message leave from whichever address the system prefers.
    ///
    /// @param place of its first packet in the order of the messages
    public void forgetLocal(int message, int place) {
        int count = packetsOf(message);
        for (int i = place; i < place + count; i++) {
            hasLocal[order[i]] = false;
        }
        putControl(message, order[place], count);
    }

    /// {@return of how many packets a message consists}
    public int packetsOf(int message) {
        return (int) bytes.getLong(header(message) + IOVECS_OF_MESSAGE);
    }

    /// {@return the size of the packet at a place in the order of the messages}
    public int bytesAt(int place) {
        return lengths[order[place]];
    }
}
