package dev.hawser.benchmarks;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.wire.ConnectionRequest;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// A connection request at a server that does not let it in, for each reason in the order of the
/// checks. Includes a copy of the request, which is opened in place.
@SuppressWarnings("NullAway.Init") // JMH sets up before it measures.
public class RequestBenchmark extends Measured {
    private static final int SLOTS = 64;

    /// How a request ends.
    public enum Ending {
        WRONG_SIZE(Drop.WRONG_SIZE),
        WRONG_VERSION(Drop.WRONG_VERSION),
        WRONG_PROTOCOL_ID(Drop.WRONG_PROTOCOL_ID),
        TOKEN_EXPIRED(Drop.TOKEN_EXPIRED),
        TOKEN_OLDER_THAN_START(Drop.TOKEN_OLDER_THAN_START),
        TOKEN_OUTLIVES_LIMIT(Drop.TOKEN_OUTLIVES_LIMIT),
        TOKEN_NOT_AUTHENTIC(Drop.TOKEN_NOT_AUTHENTIC),
        SERVER_NOT_IN_TOKEN(Drop.SERVER_NOT_IN_TOKEN),
        ADDRESS_CONNECTED(Drop.ADDRESS_CONNECTED),
        CLIENT_ID_CONNECTED(Drop.CLIENT_ID_CONNECTED),
        TOKEN_CONSUMED(Drop.TOKEN_CONSUMED),
        TOKEN_FROM_OTHER_ADDRESS(Drop.TOKEN_FROM_OTHER_ADDRESS),
        TOKEN_HISTORY_FULL(Drop.TOKEN_HISTORY_FULL),
        PENDING_FULL(Drop.PENDING_FULL),

        /// The server is full and says so: it seals a packet.
        DENIED(Drop.NONE),

        /// For comparison: it was let in before, and its challenge is sent again.
        CHALLENGED_AGAIN(Drop.NONE);

        private final Drop drop;

        Ending(Drop drop) {
            this.drop = drop;
        }
    }

    @Param({"sodium", "jdk"})
    public String crypto;

    @Param public Ending ending;

    private final ByteBuffer datagram = ByteBuffer.allocate(Wire.REQUEST_BYTES);
    private final PeerAddress home = Lab.addressOf(0);
    private final PeerAddress elsewhere = Lab.addressOf(1);
    private long answers;
    private final PacketSink sink = (to, packet) -> answers++;
    private Lab lab;
    private ServerMachine server;
    private byte[] request;
    private PeerAddress from;

    @Setup
    public void setUp() {
        lab = Lab.with(crypto);
        server = lab.server(config());
        from = home;
        ConnectToken token = lab.token(1);
        request = requestOf(token);
        arrange(token);

        handle();
        long dropsBefore = server.drops().count(ending.drop);
        long answersBefore = answers;
        handle();
        long expected = ending.drop == Drop.NONE ? answersBefore + 1 : answersBefore;
        boolean isDropped = server.drops().count(ending.drop) == dropsBefore + 1;
        if (answers != expected || isDropped != (ending.drop != Drop.NONE)) {
            throw new IllegalStateException("the request does not end as " + ending);
        }
    }

    private ServerConfig.Builder config() {
        return switch (ending) {
            case TOKEN_HISTORY_FULL -> lab.config(SLOTS).tokenHistoryMax(1);
            case PENDING_FULL -> lab.config(SLOTS).pendingLimits(1, 1, 1);
            case DENIED -> lab.config(1);
            default -> lab.config(SLOTS);
        };
    }

    private void arrange(ConnectToken token) {
        long now = lab.clock.unixSeconds();
        switch (ending) {
            case WRONG_SIZE -> request = Arrays.copyOf(request, request.length - 1);
            case WRONG_VERSION -> request[ConnectionRequest.VERSION_OFFSET] ^= 1;
            case WRONG_PROTOCOL_ID -> request[ConnectionRequest.PROTOCOL_ID_OFFSET] ^= 1;
            case TOKEN_EXPIRED -> putExpiry(now);
            case TOKEN_OLDER_THAN_START -> putExpiry(now + 1);
            case TOKEN_OUTLIVES_LIMIT -> putExpiry(now + 1000);
            case TOKEN_NOT_AUTHENTIC -> request[request.length - 1] ^= 1;
            case SERVER_NOT_IN_TOKEN ->
                    request = requestOf(lab.token(1, NetAddress.ipv4(0x7f000002, 40_000)));
            case ADDRESS_CONNECTED -> connect(lab.token(2));
            case CLIENT_ID_CONNECTED -> {
                connect(lab.token(1));
                from = elsewhere;
            }
            case TOKEN_CONSUMED -> {
                connect(token);
                server.disconnect(lab.clock.nanos(), 0, StatedReason.NONE, sink);
            }
            case TOKEN_FROM_OTHER_ADDRESS -> {
                handle();
                from = elsewhere;
            }
            case TOKEN_HISTORY_FULL, PENDING_FULL -> {
                byte[] measured = request;
                request = requestOf(lab.token(2));
                handle();
                request = measured;
            }
            case DENIED -> {
                connect(lab.token(2));
                from = elsewhere;
            }
            case CHALLENGED_AGAIN -> handle();
        }
    }

    private void putExpiry(long unixSeconds) {
        LittleEndian.putLong(
                ByteBuffer.wrap(request), ConnectionRequest.EXPIRE_OFFSET, unixSeconds);
    }

    private byte[] requestOf(ConnectToken token) {
        byte[] bytes = new byte[Wire.REQUEST_BYTES];
        ClientMachine client = new ClientMachine(lab.ciphers);
        PacketSink taken = (to, packet) -> packet.get(bytes);
        client.connect(lab.clock.nanos(), token, taken);
        client.handleTimeout(lab.clock.nanos(), taken);
        return bytes;
    }

    /// Connects a client at home.
    private void connect(ConnectToken token) {
        Crowd one = new Crowd(lab, 1);
        one.connect(
                new ConnectToken[] {token},
                (from, datagram) ->
                        server.handleDatagram(lab.clock.nanos(), from, datagram, one.toClients));
    }

    @Benchmark
    public int handle() {
        datagram.clear().put(request).flip();
        return server.handleDatagram(lab.clock.nanos(), from, datagram, sink);
    }
}
