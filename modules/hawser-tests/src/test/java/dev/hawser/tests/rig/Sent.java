package dev.hawser.tests.rig;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;

/// A packet that a machine sent.
public final class Sent {
    private final NetAddress to;
    private final NetAddress local;
    private final byte[] bytes;

    Sent(PeerAddress to, byte[] bytes) {
        this.to = to.toNetAddress();
        local = NetAddress.ofNumbers(to.localHigh(), to.localLow(), 0);
        this.bytes = bytes;
    }

    public NetAddress to() {
        return to;
    }

    /// {@return the address of the sender's machine that it is to leave from; `::` for any}
    public NetAddress local() {
        return local;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public int size() {
        return bytes.length;
    }

    public int type() {
        return RawPacket.typeOf(bytes);
    }

    /// {@return what is in it, for the client with this token}
    public RawPacket openedByClient(Token token) {
        return RawPacket.open(bytes, token.serverToClientKey(), token.claims().protocolId());
    }

    /// {@return what is in it, for a server of this token}
    public RawPacket openedByServer(Token token) {
        return RawPacket.open(bytes, token.clientToServerKey(), token.claims().protocolId());
    }

    @Override
    public String toString() {
        return "type " + type() + ", " + bytes.length + " bytes to " + to;
    }
}
