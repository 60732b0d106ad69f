package dev.hawser.steam;

import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.DatagramSocket;
import java.net.SocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a server listens, and how: at an address, or for peers at a virtual port.
///
/// @param address null for a virtual port
/// @param virtualPort −1 for an address
record SteamPlace(
        @Nullable NetAddress address,
        int virtualPort,
        SteamOptions options,
        boolean allowsUnauthenticated) {
    private static final int PORTS_TRIED = 16;

    /// A listen socket.
    ///
    /// @param addresses that it receives at; none for a virtual port
    record Opened(int listenSocket, List<NetAddress> addresses) {}

    /// Starts listening.
    ///
    /// @param listener who hears of the connections that come in
    /// @throws IOException when Steam does not listen there; the message says why that may be
    Opened open(SteamApi steam, int listener) throws IOException {
        SteamFlat flat = steam.flatUnchecked();
        try (Arena scratch = Arena.ofConfined()) {
            OptionArray array =
                    new OptionArray(
                            scratch,
                            options,
                            listener,
                            steam.authentication(allowsUnauthenticated));
            return address == null
                    ? openVirtualPort(flat, array)
                    : openAddress(flat, scratch, array, address);
        }
    }

    private Opened openVirtualPort(SteamFlat flat, OptionArray array) throws IOException {
        flat.initRelayNetworkAccess();
        int socket = flat.createListenSocketP2p(virtualPort, array.length(), array.array());
        if (socket == 0) {
            throw new IOException(
                    "Steam does not listen at the virtual port "
                            + virtualPort
                            + ": somebody in this process does already, the library has no"
                            + " peer-to-peer connections, or it is too old for "
                            + options);
        }
        return new Opened(socket, List.of());
    }

    /// Steam takes no port 0, so the system is asked for one here, which somebody may take before.
    private Opened openAddress(SteamFlat flat, Arena scratch, OptionArray array, NetAddress address)
            throws IOException {
        MemorySegment struct = scratch.allocate(SteamLayouts.ADDRESS);
        int tries = address.port() == 0 ? PORTS_TRIED : 1;
        for (int i = 0; i < tries; i++) {
            int port = address.port() == 0 ? freePort() : address.port();
            SteamLayouts.writeAddress(struct, address.withPort(port));
            int socket = flat.createListenSocketIp(struct, array.length(), array.array());
            if (socket != 0) {
                boolean isKnown =
                        flat.listenSocketAddress(socket, struct)
                                && !SteamAddresses.isUnknown(struct);
                NetAddress bound =
                        isKnown ? SteamLayouts.readAddress(struct) : address.withPort(port);
                return new Opened(socket, List.of(bound));
            }
        }
        throw new IOException(
                "Steam does not listen at "
                        + address
                        + ": the port is in use, the address is not of this machine, the library is"
                        + " too old for "
                        + options
                        + (allowsUnauthenticated
                                ? ""
                                : ", or there is nobody to certify who this is: over"
                                        + " GameNetworkingSockets, allowUnauthenticated()"));
    }

    private static int freePort() throws SocketException {
        try (DatagramSocket probe = new DatagramSocket()) {
            return probe.getLocalPort();
        }
    }

    @Override
    public String toString() {
        return address == null ? "virtual port " + virtualPort : address.toString();
    }
}
