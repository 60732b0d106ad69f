package dev.hawser.tests.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/// A client made by hand: says what a test tells it to, to whom and under which number.
public final class Peer {
    private final Token token;
    private final NetAddress address;

    Peer(Token token, NetAddress address) {
        this.token = token;
        this.address = address;
    }

    public Token token() {
        return token;
    }

    public NetAddress address() {
        return address;
    }

    public byte[] request() {
        return token.request();
    }

    /// {@return a packet of this client}
    public byte[] seal(int type, long sequence, byte[] body) {
        return RawPacket.seal(
                type, sequence, token.clientToServerKey(), token.claims().protocolId(), body);
    }

    /// {@return the answer to a challenge}
    public byte[] response(long sequence, Sent challenge) {
        return seal(RawPacket.RESPONSE, sequence, challenge.openedByClient(token).body());
    }

    /// {@return a response with this body}
    public byte[] responseOf(long sequence, byte[] challengeBody) {
        return seal(RawPacket.RESPONSE, sequence, challengeBody);
    }

    public byte[] keepAlive(long sequence) {
        return seal(RawPacket.KEEP_ALIVE, sequence, new byte[8]);
    }

    public byte[] payload(long sequence, byte... payload) {
        return seal(RawPacket.PAYLOAD, sequence, payload);
    }

    public byte[] disconnect(long sequence) {
        return seal(RawPacket.DISCONNECT, sequence, new byte[0]);
    }

    // ---- Paths

    /// {@return a path request}
    public byte[] pathRequest(long pathId, long sequence) {
        return sealPath(RawPacket.PATH_REQUEST, pathId, sequence, new byte[16]);
    }

    /// {@return the answer to a path challenge}
    public byte[] pathResponse(long pathId, long sequence, Sent challenge) {
        byte[] body = Arrays.copyOf(challenge.openedByClient(token).body(), 16);
        return sealPath(RawPacket.PATH_RESPONSE, pathId, sequence, body);
    }

    /// {@return a path packet with this body}
    public byte[] sealPath(int type, long pathId, long sequence, byte[] body) {
        return RawPacket.sealPath(
                type,
                pathId,
                sequence,
                token.clientToServerKey(),
                token.claims().protocolId(),
                body);
    }

    /// {@return the path id in a keep-alive of a server}
    public long pathId(Sent keepAlive) {
        byte[] body = keepAlive.openedByClient(token).body();
        assertThat(body).as("a keep-alive that names the path").hasSize(32);
        return ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getLong(8);
    }

    /// {@return the reset word in a keep-alive of a server}
    public byte[] resetWord(Sent keepAlive) {
        return Arrays.copyOfRange(keepAlive.openedByClient(token).body(), 16, 32);
    }

    // ---- Connecting

    /// Asks a server for a connection.
    ///
    /// @return its challenge
    public Sent challengeOf(Host host) {
        List<Sent> answers = host.receive(address, request());
        assertThat(answers).as("answers to the request").hasSize(1);
        assertThat(answers.getFirst().type()).isEqualTo(RawPacket.CHALLENGE);
        return answers.getFirst();
    }

    /// Connects, with the response under sequence 1.
    ///
    /// @return the keep-alive that says so
    public Sent connectTo(Host host) {
        return connectTo(host, 1);
    }

    /// Connects to a server that sends so many packets by then; the last is the keep-alive.
    public Sent connectTo(Host host, int packets) {
        Sent challenge = challengeOf(host);
        List<Sent> answers = host.receive(address, response(1, challenge));
        assertThat(answers).as("answers to the response").hasSize(packets);
        assertThat(answers.getLast().type()).isEqualTo(RawPacket.KEEP_ALIVE);
        return answers.getLast();
    }

    /// Connects and confirms, with a keep-alive under sequence 2.
    public void connectAndConfirmTo(Host host) {
        connectTo(host);
        host.receive(address, keepAlive(2));
    }
}
