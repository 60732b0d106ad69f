package dev.hawser;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.UserData;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A connection of a [NetcodeServer], made when the client takes its slot.
final class NetcodeConnectedClient implements ConnectedClient {
    final NetcodeServer server;
    final int slot;

    /// Where it stands in the server's list of connected clients.
    int listIndex;

    private final ClientId id;
    private final NetAddress address;
    private final UserData userData;
    private volatile boolean isConnected = true;
    private @Nullable Object attachment;

    NetcodeConnectedClient(
            NetcodeServer server, int slot, ClientId id, NetAddress address, UserData userData) {
        this.server = server;
        this.slot = slot;
        this.id = id;
        this.address = address;
        this.userData = userData;
    }

    void end() {
        isConnected = false;
    }

    @Override
    public ClientId id() {
        return id;
    }

    @Override
    public int clientIndex() {
        return slot;
    }

    @Override
    public Optional<NetAddress> address() {
        return Optional.of(address);
    }

    @Override
    public UserData userData() {
        return userData;
    }

    @Override
    public boolean isConnected() {
        return isConnected;
    }

    @Override
    public int maxPayloadBytes() {
        return server.maxPayloadBytes();
    }

    @Override
    public void attach(@Nullable Object attachment) {
        this.attachment = attachment;
    }

    @Override
    public @Nullable Object attachment() {
        return attachment;
    }

    @Override
    public String toString() {
        return "ConnectedClient[" + id + " at " + address + ", index " + slot + "]";
    }
}
