package dev.hawser.web.session;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Between the addresses of the JDK and ours.
public final class Addresses {
    private Addresses() {}

    public static InetSocketAddress toSocketAddress(NetAddress address) {
        byte[] bytes =
                address.isIpv4()
                        ? ByteBuffer.allocate(Integer.BYTES).putInt((int) address.low()).array()
                        : ByteBuffer.allocate(2 * Long.BYTES)
                                .putLong(address.high())
                                .putLong(address.low())
                                .array();
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), address.port());
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are an address", e);
        }
    }

    public static NetAddress toNetAddress(InetSocketAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress().getAddress());
        return address.getAddress() instanceof Inet6Address
                ? NetAddress.ipv6(bytes.getLong(0), bytes.getLong(Long.BYTES), address.getPort())
                : NetAddress.ipv4(bytes.getInt(0), address.getPort());
    }

    /// {@return the IP address of a connection; of one that is gone it does not matter}
    public static InetAddress remoteOf(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress remote && !remote.isUnresolved()
                ? remote.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    /// {@return the numbers of a remote address, with a port of the caller's}
    public static PeerAddress peer(InetAddress remote, int port) {
        ByteBuffer bytes = ByteBuffer.wrap(remote.getAddress());
        PeerAddress peer = new PeerAddress();
        if (bytes.remaining() == Integer.BYTES) {
            peer.setIpv4(bytes.getInt(), port);
        } else {
            peer.set(bytes.getLong(), bytes.getLong(), port);
        }
        return peer;
    }

    /// {@return why something could not be bound, with what to do}
    public static IOException bindFailure(NetAddress address, Throwable cause) {
        String said = String.valueOf(cause.getMessage());
        String reason;
        if (said.contains("in use")) {
            reason =
                    "port "
                            + address.port()
                            + " is in use; choose another, or take port 0 to let the system choose";
        } else if (said.contains("oo many open files")) {
            reason = said + "; raise the limit of the process ('ulimit -n')";
        } else {
            reason =
                    said
                            + "; bind an address of this machine, 0.0.0.0 or [::], and a port above"
                            + " 1023";
        }
        var failure = new BindException("cannot bind " + address + ": " + reason);
        failure.initCause(cause);
        return failure;
    }
}
