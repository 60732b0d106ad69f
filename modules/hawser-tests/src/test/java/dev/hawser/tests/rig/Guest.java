package dev.hawser.tests.rig;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.PacketSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// One of our clients, what it sent, and a hand-made server for it.
public final class Guest {
    private static final long UPDATE_MILLIS_MAX = 500;

    private final Rig rig;
    private final ClientMachine machine = new ClientMachine();
    private final List<Sent> sent = new ArrayList<>();
    private Drop lastDrop = Drop.NONE;
    private byte[] lastPayload;
    private Token token;

    Guest(Rig rig) {
        this.rig = rig;
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

    private PacketSink sink() {
        return (to, packet) -> {
            byte[] bytes = new byte[packet.remaining()];
            packet.get(packet.position(), bytes);
            sent.add(new Sent(to, bytes));
        };
    }

    /// Starts connecting.
    ///
    /// @return what it sent
    public List<Sent> connect(Token token) {
        sent.clear();
        this.token = token;
        machine.connect(rig.nanos(), token.toConnectToken(), sink());
        return List.copyOf(sent);
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
        Map<Drop, Long> before = new EnumMap<>(Drop.class);
        before.putAll(machine.drops().asMap());
        byte[] array = new byte[datagram.length + 16];
        System.arraycopy(datagram, 0, array, 8, datagram.length);
        ByteBuffer buffer = ByteBuffer.wrap(array, 8, datagram.length);
        boolean isPayload = machine.handleDatagram(rig.nanos(), PeerAddress.of(from), buffer);
        lastPayload =
                isPayload ? Arrays.copyOfRange(array, buffer.position(), buffer.limit()) : null;
        lastDrop = Host.difference(before, machine.drops().asMap());
        return isPayload;
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
    public static byte[] seat(int clientIndex, int maxClients) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(clientIndex)
                .putInt(maxClients)
                .array();
    }

    /// Takes a challenge.
    public void receiveChallenge() {
        receive(RawPacket.CHALLENGE, 1L << 63, new byte[308]);
    }

    /// Takes a challenge and the keep-alive with sequence 0, and so is connected.
    public void receiveSeat() {
        receiveChallenge();
        receive(RawPacket.KEEP_ALIVE, 0, seat(2, 16));
    }

    public Drop lastDrop() {
        return lastDrop;
    }

    public byte[] lastPayload() {
        return lastPayload;
    }

    /// Time passes with updates in which nothing is heard, at least each half second; the update at
    /// its end is left to the test.
    public void idleMillis(long millis) {
        for (long left = millis; left > 0; left -= Math.min(left, UPDATE_MILLIS_MAX)) {
            rig.passMillis(Math.min(left, UPDATE_MILLIS_MAX));
            if (left > UPDATE_MILLIS_MAX) {
                tick();
            }
        }
    }

    /// Does what is due.
    ///
    /// @return what it sent
    public List<Sent> tick() {
        sent.clear();
        machine.handleTimeout(rig.nanos(), sink());
        return List.copyOf(sent);
    }

    public List<Sent> send(byte... payload) {
        sent.clear();
        machine.send(rig.nanos(), ByteBuffer.wrap(payload), sink());
        return List.copyOf(sent);
    }

    public List<Sent> disconnect(StatedReason reason) {
        sent.clear();
        machine.disconnect(rig.nanos(), reason, sink());
        return List.copyOf(sent);
    }
}
