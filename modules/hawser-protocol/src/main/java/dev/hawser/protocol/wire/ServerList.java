package dev.hawser.protocol.wire;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The addresses in a connect token: `count u32 · count × address`, where an address is `type u8`,
/// four octets (type 1) or eight groups as u16 (type 2), and `port u16`.
///
/// Reusable: each [#read] overwrites the last one and allocates nothing.
final class ServerList {
    private static final int UNREADABLE = -1;
    private static final byte TYPE_IPV4 = 1;
    private static final byte TYPE_IPV6 = 2;
    private static final int IPV4_BYTES = Integer.BYTES;
    private static final int IPV6_BYTES = 16;

    private final long[] highs = new long[Wire.SERVERS_PER_TOKEN_MAX];
    private final long[] lows = new long[Wire.SERVERS_PER_TOKEN_MAX];
    private final int[] ports = new int[Wire.SERVERS_PER_TOKEN_MAX];
    private final boolean[] areIpv4 = new boolean[Wire.SERVERS_PER_TOKEN_MAX];
    private final PeerAddress holder = new PeerAddress();
    private int announced;
    private int count;

    /// Reads a list at an absolute offset. The longest takes 612 bytes, which every token has
    /// there.
    ///
    /// @return the offset behind the list; negative when it cannot be read ([#problem])
    int read(ByteBuffer buffer, int offset) {
        announced = LittleEndian.getInt(buffer, offset);
        count = 0;
        if (announced < 1 || announced > Wire.SERVERS_PER_TOKEN_MAX) {
            return UNREADABLE;
        }
        int at = offset + Integer.BYTES;
        while (count < announced) {
            byte type = buffer.get(at);
            if (type == TYPE_IPV4) {
                at = readIpv4(buffer, at + 1);
            } else if (type == TYPE_IPV6) {
                at = readIpv6(buffer, at + 1);
            } else {
                return UNREADABLE;
            }
        }
        return at;
    }

    private int readIpv4(ByteBuffer buffer, int offset) {
        // The octets stand in written order, as in all of the world but the rest of netcode.
        int octets = Integer.reverseBytes(LittleEndian.getInt(buffer, offset));
        int port = Short.toUnsignedInt(LittleEndian.getShort(buffer, offset + IPV4_BYTES));
        holder.setIpv4(octets, port);
        add(true);
        return offset + IPV4_BYTES + Short.BYTES;
    }

    private int readIpv6(ByteBuffer buffer, int offset) {
        int port = Short.toUnsignedInt(LittleEndian.getShort(buffer, offset + IPV6_BYTES));
        holder.set(readGroups(buffer, offset), readGroups(buffer, offset + Long.BYTES), port);
        add(false);
        return offset + IPV6_BYTES + Short.BYTES;
    }

    private static long readGroups(ByteBuffer buffer, int offset) {
        long groups = 0;
        for (int i = 0; i < Long.BYTES; i += Short.BYTES) {
            groups = groups << 16 | Short.toUnsignedLong(LittleEndian.getShort(buffer, offset + i));
        }
        return groups;
    }

    private void add(boolean isIpv4) {
        highs[count] = holder.high();
        lows[count] = holder.low();
        ports[count] = holder.port();
        areIpv4[count] = isIpv4;
        count++;
    }

    /// {@return why the last list could not be read}
    String problem() {
        if (announced < 1 || announced > Wire.SERVERS_PER_TOKEN_MAX) {
            return "it lists "
                    + Integer.toUnsignedString(announced)
                    + " servers, but a token has 1 to "
                    + Wire.SERVERS_PER_TOKEN_MAX;
        }
        return "the address of server "
                + (count + 1)
                + " of "
                + announced
                + " is neither of type 1 (IPv4) nor 2 (IPv6)";
    }

    int count() {
        return count;
    }

    void copyTo(int index, PeerAddress target) {
        target.set(highs[index], lows[index], ports[index]);
    }

    NetAddress at(int index) {
        return new NetAddress(highs[index], lows[index], ports[index], areIpv4[index]);
    }

    List<NetAddress> toList() {
        List<NetAddress> servers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            servers.add(at(i));
        }
        return List.copyOf(servers);
    }

    /// {@return the index of the first server that has the numbers of one of `addresses`; -1 when
    /// none has}
    int indexOfAny(List<NetAddress> addresses) {
        for (int i = 0; i < count; i++) {
            copyTo(i, holder);
            // By index: an iterator would be an allocation for each request.
            for (int j = 0; j < addresses.size(); j++) {
                if (addresses.get(j).sameNumbers(holder)) {
                    return i;
                }
            }
        }
        return -1;
    }

    void clear() {
        announced = 0;
        count = 0;
    }

    /// Writes a list at an absolute offset.
    ///
    /// @return the offset behind it
    static int write(List<NetAddress> servers, ByteBuffer target, int offset) {
        LittleEndian.putInt(target, offset, servers.size());
        int at = offset + Integer.BYTES;
        for (NetAddress server : servers) {
            target.put(at, server.isIpv4() ? TYPE_IPV4 : TYPE_IPV6);
            at++;
            if (server.isIpv4()) {
                LittleEndian.putInt(target, at, Integer.reverseBytes((int) server.low()));
                at += IPV4_BYTES;
            } else {
                writeGroups(server.high(), target, at);
                writeGroups(server.low(), target, at + Long.BYTES);
                at += IPV6_BYTES;
            }
            LittleEndian.putShort(target, at, (short) server.port());
            at += Short.BYTES;
        }
        return at;
    }

    private static void writeGroups(long groups, ByteBuffer target, int offset) {
        for (int i = 0; i < Long.BYTES; i += Short.BYTES) {
            LittleEndian.putShort(target, offset + i, (short) (groups >>> (48 - 8 * i)));
        }
    }
}
