package dev.hawser.testkit.vectors;

import static dev.hawser.testkit.vectors.VectorCase.compare;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.DropCounters;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.testkit.vectors.ConformanceReport.Failure;
import dev.hawser.testkit.vectors.SessionVectors.Recorded;
import dev.hawser.testkit.vectors.SessionVectors.Side;
import dev.hawser.testkit.vectors.SessionVectors.StateChange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Plays a recorded connection to one of our clients and one of our servers: each is sent what the
/// recorded peer sent, and its application does what the recorded one did.
///
/// Time goes from one moment of the recording to the next. At each the machines take what was sent
/// before it and do what is due, then the client's state is looked at, then the applications do
/// what they did at that moment.
final class SessionReplay {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /// The only client takes the lowest slot.
    private static final int SLOT = 0;

    /// Sent again while the answer is on its way: the receiver may have moved on when they arrive.
    private static final Set<PacketType> REPEATED =
            EnumSet.of(
                    PacketType.CONNECTION_REQUEST,
                    PacketType.CONNECTION_CHALLENGE,
                    PacketType.CONNECTION_RESPONSE,
                    PacketType.DISCONNECT);

    private static final Set<Drop> MOVED_ON =
            EnumSet.of(Drop.ADDRESS_CONNECTED, Drop.UNKNOWN_ADDRESS, Drop.WRONG_STATE);

    private final ClientMachine client = new ClientMachine(Conformance.CIPHERS);
    private final ServerMachine server;
    private final PeerAddress clientAddress = PeerAddress.of(NetAddress.ipv4(0x0a000001, 50000));
    private final PeerAddress serverAddress;
    private final RecordedTime wallClock;

    private final List<byte[]> sentByClient = new ArrayList<>();
    private final List<byte[]> sentByServer = new ArrayList<>();
    private final Set<PacketType> seen = EnumSet.noneOf(PacketType.class);
    private final Set<Side> hasLeft = EnumSet.noneOf(Side.class);
    private final List<ClientState> statesOfMoment = new ArrayList<>();

    private final List<Failure> packetFailures = new ArrayList<>();
    private final List<Failure> stateFailures = new ArrayList<>();

    /// Unix time of the recording: the server starts a second before the token was made, since it
    /// takes none that may be older than it is.
    static final class RecordedTime implements WallClock {
        private final long createTimestamp;
        private long unixSeconds;

        RecordedTime(long createTimestamp) {
            this.createTimestamp = createTimestamp;
            unixSeconds = createTimestamp - 1;
        }

        void set(long nanos) {
            unixSeconds = createTimestamp + nanos / NANOS_PER_SECOND;
        }

        @Override
        public long unixSeconds() {
            return unixSeconds;
        }
    }

    /// @param server started, with the same `wallClock`
    SessionReplay(ServerMachine server, NetAddress serverAddress, RecordedTime wallClock) {
        this.server = server;
        this.serverAddress = PeerAddress.of(serverAddress);
        this.wallClock = wallClock;
    }

    void run(ConnectToken token, List<Recorded> packets, List<StateChange> states) {
        List<Recorded> inOrder = new ArrayList<>(packets);
        inOrder.sort(Comparator.comparingLong(Recorded::nanos));
        TreeSet<Long> moments = new TreeSet<>();
        packets.forEach(recorded -> moments.add(recorded.nanos()));
        states.forEach(state -> moments.add(state.nanos()));
        if (moments.isEmpty()) {
            return;
        }
        client.connect(moments.first(), token, sink(sentByClient));
        // What was sent last arrives, too.
        moments.add(moments.last() + 1);
        int arrived = 0;
        int sent = 0;
        for (long now : moments) {
            wallClock.set(now);
            statesOfMoment.clear();
            statesOfMoment.add(client.state());
            while (arrived < inOrder.size() && inOrder.get(arrived).nanos() < now) {
                Recorded recorded = inOrder.get(arrived++);
                packetFailures.addAll(
                        Conformance.failures(recorded.index(), () -> deliver(now, recorded)));
            }
            server.handleTimeout(now, sink(sentByServer));
            client.handleTimeout(now, sink(sentByClient));
            statesOfMoment.add(client.state());
            compareStates(now, states);
            while (sent < inOrder.size() && inOrder.get(sent).nanos() == now) {
                Recorded recorded = inOrder.get(sent++);
                packetFailures.addAll(
                        Conformance.failures(recorded.index(), () -> actAs(now, recorded)));
            }
        }
    }

    private static PacketSink sink(List<byte[]> sent) {
        return (_, packet) -> {
            byte[] bytes = new byte[packet.remaining()];
            packet.get(packet.position(), bytes);
            sent.add(bytes);
        };
    }

    private void deliver(long now, Recorded recorded) throws Mismatch {
        boolean isForServer = recorded.from() == Side.CLIENT;
        DropCounters drops = isForServer ? server.drops() : client.drops();
        Map<Drop, Long> dropsBefore = drops.asMap();
        ByteBuffer datagram = ByteBuffer.wrap(recorded.packet().bytes().clone());
        boolean isPayload;
        if (isForServer) {
            int from = server.handleDatagram(now, clientAddress, datagram, sink(sentByServer));
            isPayload = from != ServerMachine.NO_SLOT;
        } else {
            isPayload = client.handleDatagram(now, serverAddress, datagram);
            statesOfMoment.add(client.state());
        }
        PacketType type = recorded.packet().type();
        boolean isRepeated = !seen.add(type) && REPEATED.contains(type);
        Drop drop = dropSince(dropsBefore, drops);
        if (drop != Drop.NONE) {
            boolean hasMovedOn = MOVED_ON.contains(drop) && (isRepeated || !hasLeft.isEmpty());
            if (!hasMovedOn) {
                String ours = isForServer ? "server" : "client";
                throw new Mismatch("our " + ours + " drops it: " + drop);
            }
        } else if (type == PacketType.PAYLOAD) {
            compare("whether it arrives as a payload", true, isPayload);
            byte[] payload = new byte[datagram.remaining()];
            datagram.get(payload);
            compare("the payload that arrives", recorded.packet().body(), payload);
        }
    }

    private static Drop dropSince(Map<Drop, Long> before, DropCounters drops) {
        for (Drop drop : Drop.values()) {
            if (drops.count(drop) > before.getOrDefault(drop, 0L)) {
                return drop;
            }
        }
        return Drop.NONE;
    }

    private void compareStates(long now, List<StateChange> states) {
        List<StateChange> ofMoment = states.stream().filter(state -> state.nanos() == now).toList();
        for (StateChange state : ofMoment) {
            boolean isLast = state.equals(ofMoment.getLast());
            boolean isReached =
                    isLast
                            ? client.state() == state.state()
                            : statesOfMoment.contains(state.state());
            if (!isReached) {
                stateFailures.add(
                        new Failure(
                                state.index(),
                                "our client is in "
                                        + client.state()
                                        + ", but should be in "
                                        + state.state()));
            }
        }
    }

    /// Does what the application of the recorded peer did when it sent this packet.
    private void actAs(long now, Recorded recorded) throws Mismatch {
        boolean isFromClient = recorded.from() == Side.CLIENT;
        switch (recorded.packet().type()) {
            case PAYLOAD -> {
                ByteBuffer payload = ByteBuffer.wrap(recorded.packet().body());
                boolean isSent =
                        isFromClient
                                ? client.send(now, payload, sink(sentByClient))
                                : server.send(now, SLOT, payload, sink(sentByServer));
                compare("whether our machine can send this payload", true, isSent);
            }
            case DISCONNECT -> {
                if (!hasLeft.add(recorded.from())) {
                    return;
                }
                if (isFromClient) {
                    client.disconnect(now, StatedReason.NONE, sink(sentByClient));
                } else {
                    server.disconnect(now, SLOT, StatedReason.NONE, sink(sentByServer));
                }
            }
            default -> {
                // Nothing that an application asks for.
            }
        }
    }

    List<Failure> packetFailures() {
        return packetFailures;
    }

    List<Failure> stateFailures() {
        return stateFailures;
    }

    /// {@return the packets that our machine in this role sent}
    List<byte[]> sentBy(Side side) {
        return side == Side.CLIENT ? sentByClient : sentByServer;
    }
}
