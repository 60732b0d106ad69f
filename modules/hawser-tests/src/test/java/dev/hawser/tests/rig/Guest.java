package dev.hawser.tests.rig;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// One of our clients, what it sent, and a hand-made server for it.
public final class Guest extends Party {
    private final ClientMachine machine = new ClientMachine();
    private Token token;

    Guest(Rig rig) {
        super(rig);
    }

    public ClientMachine machine() {
        return machine;
    }

    public ClientState state() {
        return machine.state();
    }

    public Token token() {
        return token;
    }

    /// Starts connecting.
    ///
    /// @return what it sent
    public List<Sent> connect(Token token) {
        this.token = token;
        return sentBy(out -> machine.connect(rig.nanos(), token.toConnectToken(), out));
    }

    /// {@return this client, connecting}
    public Guest connecting(Token token) {
        connect(token);
        return this;
    }

    /// Takes a datagram.
    ///
    /// @return whether it held a payload
    public boolean receive(NetAddress from, byte[] datagram) {
        PeerAddress peer = PeerAddress.of(from);
        return take(
                datagram,
                machine.drops(),
                buffer -> machine.handleDatagram(rig.nanos(), peer, buffer));
    }

    /// Takes a packet that the server at [Rig#SERVER] makes.
    public boolean receive(int type, long sequence, byte[] body) {
        return receive(Rig.SERVER, fromServer(type, sequence, body));
    }

    /// {@return a packet of a server of this client's token}
    public byte[] fromServer(int type, long sequence, byte[] body) {
        return RawPacket.seal(
                type, sequence, token.serverToClientKey(), token.claims().protocolId(), body);
    }

    /// {@return the body of a keep-alive}
    public static byte[] slot(int clientIndex, int maxClients) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(clientIndex)
                .putInt(maxClients)
                .array();
    }

    /// {@return the body of a keep-alive that names a path}
    public static byte[] slot(int clientIndex, int maxClients, long pathId, byte[] resetWord) {
        return ByteBuffer.allocate(32)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(clientIndex)
                .putInt(maxClients)
                .putLong(pathId)
                .put(resetWord)
                .array();
    }

    /// Takes a challenge.
    public void receiveChallenge() {
        receive(RawPacket.CHALLENGE, 1L << 63, new byte[308]);
    }

    /// Takes a challenge and the keep-alive with sequence 0, and so is connected.
    public void receiveSlot() {
        receiveChallenge();
        receive(RawPacket.KEEP_ALIVE, 0, slot(2, 16));
    }

    @Override
    public List<Sent> tick() {
        return sentBy(out -> machine.handleTimeout(rig.nanos(), out));
    }

    public List<Sent> send(byte... payload) {
        return sentBy(out -> machine.send(rig.nanos(), ByteBuffer.wrap(payload), out));
    }

    public List<Sent> disconnect(StatedReason reason) {
        return sentBy(out -> machine.disconnect(rig.nanos(), reason, out));
    }
}
