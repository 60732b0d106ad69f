package dev.hawser.protocol.machine;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.measure.PingClock;
import dev.hawser.protocol.path.PathAnswer;
import dev.hawser.protocol.path.PathCandidate;
import dev.hawser.protocol.path.PathKey;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Queue;

/// Where clients are whose connection survives a changed address, and what they are told of it:
/// path requests, responses and answers, pings, and the reset of those whom nobody here knows. Part
/// of a [ServerMachine], on whose slots, packets and deadlines it works. docs/extension.md has the
/// rules.
final class ServerPaths {
    /// How long nothing of a client opens before it is told so.
    static final long SILENCE_NANOS = 500_000_000;

    /// How often it is told.
    static final long NOTICE_INTERVAL_NANOS = 100_000_000;

    /// How long path packets of a connection that ended here are met with silence.
    static final long ENDED_NANOS = 60_000_000_000L;

    private static final int CHECKS_PER_SECOND_MIN = 1000;
    private static final int CHECKS_PER_SLOT = 4;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final boolean clientsMayMove;
    private final RandomBytes random;
    private final ConnectionRequestReader requests;
    private final Newcomers newcomers;
    private final ServerGroup group;
    private final int checksPerSecondMax;
    private final byte[] randomBytes = new byte[Short.BYTES];

    // The machine's.
    private final PacketReader reader;
    private final ServerPackets packets;
    private final ClientSlots slots;
    private final ServerDeadlines deadlines;
    private final Queue<ServerEvent> events;

    /// Checks of unknown ids in the second that began then.
    private boolean hasChecked;

    private long checksSinceNanos;
    private int checks;

    ServerPaths(
            ServerMachine machine,
            boolean clientsMayMove,
            RandomBytes random,
            ConnectionRequestReader requests,
            Newcomers newcomers,
            ServerGroup group) {
        this.clientsMayMove = clientsMayMove;
        this.random = random;
        this.requests = requests;
        this.newcomers = newcomers;
        this.group = group;
        reader = machine.reader;
        packets = machine.packets;
        slots = machine.slots;
        deadlines = machine.deadlines;
        events = machine.events;
        checksPerSecondMax = Math.max(CHECKS_PER_SECOND_MIN, CHECKS_PER_SLOT * slots.count());
    }

    /// Names the path of a client that has just taken its slot, if its token says that it can use
    /// the name.
    void begin(ClientSlot client, PendingConnection pending) {
        if (!clientsMayMove || !client.survivesMoves()) {
            return;
        }
        random.nextBytes(randomBytes);
        int high = Short.toUnsignedInt(LittleEndian.getShort(ByteBuffer.wrap(randomBytes), 0));
        PathKey key = Objects.requireNonNull(pending.pathKey, "pathKey");
        client.pathId = key.pathId(slots.pathNumber(client, high));
        client.setResetWord(key.resetWord(client.pathId));
        client.hasPath = true;
    }

    // ---- Path requests and responses

    /// Takes a path request or response that was inspected.
    Drop handle(long nowNanos, PeerAddress from, ByteBuffer datagram, PacketSink out) {
        long pathId = reader.pathId();
        ClientSlot client = slots.ofPath(pathId);
        if (client == null) {
            return handleUnknown(nowNanos, from, pathId, out);
        }
        boolean isHere = client.address.sameAs(from);
        if (!isHere) {
            Drop drop = considerElsewhere(client, from);
            if (drop != Drop.NONE) {
                return drop;
            }
        }
        int bytes = datagram.remaining();
        long sequence = reader.sequence();
        Drop drop =
                reader.open(datagram, client.clientToServerKey, client.window, client.extensions);
        if (drop != Drop.NONE) {
            return drop;
        }
        client.lastReceivedNanos = nowNanos;
        client.meter.received(nowNanos, sequence, bytes);
        if (isHere) {
            client.isConfirmed = true;
            client.address.setLocal(from);
            client.heardHere(sequence);
            answer(nowNanos, client, PathAnswer.CONFIRMED, out);
            return Drop.NONE;
        }
        return reader.type() == PacketType.PATH_REQUEST
                ? handleRequest(nowNanos, client, from, sequence, out)
                : handleResponse(nowNanos, client, from, datagram, out);
    }

    /// What can be said before the cipher of a packet from where the client is not: only its newest
    /// packet can tell of another address, whoever copied it is late, and addresses of other
    /// clients are taken.
    private Drop considerElsewhere(ClientSlot client, PeerAddress from) {
        if (client.window.alreadyReceived(reader.sequence())) {
            return Drop.ALREADY_RECEIVED;
        }
        if (!client.window.isNewest(reader.sequence())) {
            return Drop.PATH_OVERTAKEN;
        }
        return slots.ofAddress(from) == null ? Drop.NONE : Drop.ADDRESS_CONNECTED;
    }

    private Drop handleRequest(
            long nowNanos, ClientSlot client, PeerAddress from, long sequence, PacketSink out) {
        PathCandidate candidate = client.candidate();
        long challenge = candidate.request(nowNanos, from, sequence, random);
        if (client.hasSequenceLeft()) {
            packets.pathAnswer(client, from, challenge, out);
        }
        return Drop.NONE;
    }

    private Drop handleResponse(
            long nowNanos, ClientSlot client, PeerAddress from, ByteBuffer body, PacketSink out) {
        PathCandidate candidate = client.candidate;
        long challenge = LittleEndian.getLong(body, body.position());
        if (candidate == null || !candidate.isAnsweredBy(nowNanos, from, challenge)) {
            return Drop.PATH_CHALLENGE;
        }
        if (candidate.hasJustMoved(nowNanos)) {
            return Drop.PATH_MOVES_LIMIT;
        }
        candidate.moved(nowNanos);
        NetAddress before = client.address.toNetAddress();
        // Who was coming in from there will find the address taken, as beside a newcomer.
        newcomers.consumeAllOf(from);
        slots.move(client, from);
        client.isConfirmed = true;
        events.add(
                new ServerEvent.Moved(
                        client.index, client.clientId, before, client.address.toNetAddress()));
        answer(nowNanos, client, PathAnswer.CONFIRMED, out);
        return Drop.NONE;
    }

    /// Answers where the client is. One that has used up its numbers ends with the next packet that
    /// is due.
    private void answer(long nowNanos, ClientSlot client, long answer, PacketSink out) {
        if (client.hasSequenceLeft()) {
            packets.pathAnswer(client, client.address, answer, out);
            deadlines.sent(nowNanos, client);
        }
    }

    // ---- Connections that nobody has

    private Drop handleUnknown(long nowNanos, PeerAddress from, long pathId, PacketSink out) {
        if (!clientsMayMove || group.hasPath(pathId)) {
            return Drop.PATH_UNKNOWN;
        }
        if (group.hasEnded(pathId, nowNanos)) {
            return Drop.PATH_ENDED;
        }
        if (!hasCheckLeft(nowNanos)) {
            return Drop.PATH_CHECKS_LIMIT;
        }
        PathKey key = requests.pathKeyOf(pathId);
        if (key == null) {
            return Drop.PATH_UNKNOWN;
        }
        packets.reset(from, key.resetWord(pathId), out);
        return Drop.NONE;
    }

    private boolean hasCheckLeft(long nowNanos) {
        if (!hasChecked || nowNanos - checksSinceNanos >= NANOS_PER_SECOND) {
            hasChecked = true;
            checksSinceNanos = nowNanos;
            checks = 0;
        }
        if (checks == checksPerSecondMax) {
            return false;
        }
        checks++;
        return true;
    }

    // ---- What is due

    /// Sends what is due to a client whose connection survives moves.
    void handleDue(long nowNanos, ClientSlot client, PacketSink out) {
        if (client.pingDueNanos - nowNanos <= 0) {
            client.pingDueNanos = nowNanos + PingClock.INTERVAL_NANOS;
            if (client.isConfirmed && client.hasSequenceLeft()) {
                packets.ping(nowNanos, client, out);
                deadlines.sent(nowNanos, client);
            }
        }
        if (isNoticeDue(nowNanos, client)) {
            client.noticeDueNanos = nowNanos + NOTICE_INTERVAL_NANOS;
            // A client whose payloads are dropped unopened may well be there.
            if (!client.isPaused) {
                sayNothingHeard(nowNanos, client, out);
            }
        }
    }

    /// One that may not know yet that it is connected is told that first: it may have moved since
    /// it was given its slot, and hear this at an address that its NAT has not forgotten yet.
    private void sayNothingHeard(long nowNanos, ClientSlot client, PacketSink out) {
        if (!client.isConfirmed && client.hasSequenceLeft()) {
            packets.keepAlive(client, out);
        }
        answer(nowNanos, client, PathAnswer.NOTHING_HEARD, out);
    }

    private static boolean isNoticeDue(long nowNanos, ClientSlot client) {
        return client.hasPath
                && nowNanos - client.lastReceivedNanos >= SILENCE_NANOS
                && client.noticeDueNanos - nowNanos <= 0;
    }

    /// {@return when there may be something to send next}
    static long dueNanos(ClientSlot client) {
        if (!client.hasPath) {
            return client.pingDueNanos;
        }
        long silentAt = client.lastReceivedNanos + SILENCE_NANOS;
        long noticeAt = silentAt - client.noticeDueNanos > 0 ? silentAt : client.noticeDueNanos;
        return noticeAt - client.pingDueNanos < 0 ? noticeAt : client.pingDueNanos;
    }
}
