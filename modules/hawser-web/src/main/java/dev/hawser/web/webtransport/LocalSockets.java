package dev.hawser.web.webtransport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/// Sockets for a server that is bound to all addresses of its machine: one for each that the
/// machine has when it is opened. Netty's channels are not told which address a packet was sent to,
/// so answers from a socket of all addresses leave from the one that the system prefers, and a peer
/// that has dialled another takes none. The kernel gives a packet to the socket that is bound to
/// its address, and to the one of all addresses what is left.
final class LocalSockets {
    /// A machine of many containers has hundreds, and clients dial one of the first.
    static final int SOCKETS_MAX = 64;

    private static final Logger LOGGER = System.getLogger("dev.hawser.web");

    private LocalSockets() {}

    /// Binds a socket for each address on the port of the one that is bound to all of them. One
    /// that cannot be bound is logged: its packets still come to the other.
    ///
    /// @param all bound to all addresses, by itself: nobody else has the port
    /// @param bootstrap of a channel like it
    static void bind(Channel all, Bootstrap bootstrap, List<InetAddress> addresses) {
        InetSocketAddress bound = (InetSocketAddress) all.localAddress();
        if (!System.getProperty("os.name").equals("Linux")) {
            warn(bound, "sockets that share a port are known here for Linux only");
            return;
        }
        if (addresses.size() > SOCKETS_MAX) {
            warn(
                    bound,
                    "of its "
                            + addresses.size()
                            + " addresses the first "
                            + SOCKETS_MAX
                            + " have sockets of their own");
        }
        List<Channel> sockets = new ArrayList<>(List.of(all));
        Bootstrap sharing = bootstrap.clone().option(ChannelOption.SO_REUSEADDR, true);
        share(all, true);
        for (InetAddress address : addresses.stream().limit(SOCKETS_MAX).toList()) {
            ChannelFuture opened = sharing.bind(address, bound.getPort()).awaitUninterruptibly();
            if (opened.isSuccess()) {
                sockets.add(opened.channel());
            } else {
                warn(
                        bound,
                        "no socket for "
                                + address.getHostAddress()
                                + ": "
                                + opened.cause().getMessage());
            }
        }
        // From here on the port is taken, for everybody.
        sockets.forEach(socket -> share(socket, false));
    }

    private static void warn(InetSocketAddress bound, String why) {
        LOGGER.log(
                Level.WARNING,
                "WebTransport on port "
                        + bound.getPort()
                        + " of all this machine's addresses answers from the one that the system"
                        + " prefers, where a client has dialled one without a socket of its own ("
                        + why
                        + "). Bind the address that clients dial.");
    }

    private static void share(Channel socket, boolean shares) {
        ((DatagramChannel) socket).config().setReuseAddress(shares);
    }

    /// {@return the addresses of this machine that a wildcard stands for; those that need to be
    /// told the interface (`fe80::/10`) not, since the system chooses right among them}
    static List<InetAddress> of(InetAddress wildcard) {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(LocalSockets::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address ->
                            wildcard instanceof Inet6Address || address instanceof Inet4Address)
                    .filter(address ->
                            address instanceof Inet4Address || !address.isLinkLocalAddress())
                    .distinct()
                    .toList();
        } catch (SocketException e) {
            LOGGER.log(Level.WARNING, "This machine's addresses cannot be read", e);
            return List.of();
        }
    }

    private static boolean isUp(NetworkInterface networkInterface) {
        try {
            return networkInterface.isUp();
        } catch (SocketException e) {
            // It is gone.
            return false;
        }
    }
}
