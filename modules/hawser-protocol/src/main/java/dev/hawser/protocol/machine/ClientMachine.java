package dev.hawser.protocol.machine;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.DropCounters;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.measure.HandshakeTimer;
import dev.hawser.protocol.measure.PingClock;
import dev.hawser.protocol.path.ClientPath;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.wire.LittleEndian;
import dev.hawser.protocol.wire.PacketReader;
import dev.hawser.protocol.wire.PacketType;
import dev.hawser.protocol.wire.PublicToken;
import dev.hawser.protocol.wire.ReasonBody;
import dev.hawser.protocol.wire.TokenReading;
import dev.hawser.protocol.wire.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A netcode client as a deterministic machine: datagrams and time in, packets out.
///
/// Methods are of four kinds: `handle…` takes what came in, a plain verb is a command,
/// [#nextTimeout] asks what is due, a noun looks. Methods with a [PacketSink] may send; packets are
/// pushed into it before the call returns. One update of a game is: [#handleDatagram] for each
/// datagram that came, then [#handleTimeout] once.
///
/// `nowNanos` is a monotonic time that never decreases from call to call (`System.nanoTime()` will
/// do). One thread at a time. Nothing that comes from the network throws; nothing is allocated per
/// packet except by the JDK's own cipher.
public final class ClientMachine {
    /// No deadline: see [#nextTimeout()].
    public static final long NO_TIMEOUT = Long.MAX_VALUE;

    private final CipherProvider ciphers;
    private final PacketCipher cipher;
    private final DropCounters drops = new DropCounters();

    private ClientState state = ClientState.DISCONNECTED;

    /// What the peer said, or this side when it left; kept until the next connect.
    private StatedReason statedReason = StatedReason.NONE;

    private @Nullable ClientAttempt attempt;
    private @Nullable ConnectionMeter meter;
    private boolean hasUsedUpSequence;
    private boolean isForgotten;

    /// The longest pause in a silence that was a timeout, since the last connect.
    private long pausedNanos;

    private boolean suspendsTimeouts;
    private final ClientPackets packets = new ClientPackets();

    /// Creates a client with the best ciphers there are.
    public ClientMachine() {
        this(Ciphers.best());
    }

    /// Creates a client with these ciphers.
    // Only providers can name the parameter: nobody else has a choice to make.
    public ClientMachine(CipherProvider ciphers) {
        this.ciphers = ciphers;
        cipher = ciphers.newPacketCipher();
    }

    // ---- What comes in

    /// Takes one datagram.
    ///
    /// @param nowNanos the monotonic time
    /// @param from where it came from; read during the call only
    /// @param datagram its bytes between position and limit; the content is consumed
    /// @return whether the payload of the server now stands between position and limit
    public boolean handleDatagram(long nowNanos, PeerAddress from, ByteBuffer datagram) {
        assertNotSending();
        ClientAttempt attempt = this.attempt;
        if (attempt == null) {
            drops.add(Drop.WRONG_STATE);
            return false;
        }
        if (!attempt.server.sameAs(from)) {
            drops.add(Drop.WRONG_ADDRESS);
            return false;
        }
        if (isReset(datagram)) {
            drops.add(handleReset(attempt, datagram));
            return false;
        }
        PacketReader reader = attempt.reader;
        int bytes = datagram.remaining();
        Drop drop = reader.inspect(datagram);
        if (drop == Drop.NONE) {
            drop =
                    reader.open(
                            datagram,
                            attempt.token.serverToClientKey(),
                            attempt.window,
                            attempt.token.extensions());
        }
        if (drop == Drop.NONE) {
            measure(nowNanos, attempt, bytes);
            attempt.path.opened();
            drop = handlePacket(nowNanos, attempt, datagram);
        }
        drops.add(drop);
        return drop == Drop.NONE && reader.type() == PacketType.PAYLOAD;
    }

    /// Takes one datagram on top of what the caller wants to spend an update on: a payload is
    /// dropped unopened ([Drop#OVER_LIMIT]), so that the end of the connection does not wait behind
    /// payloads. Everything else is as ever.
    ///
    /// @param nowNanos the monotonic time
    /// @param from where it came from; read during the call only
    /// @param datagram its bytes between position and limit; the content is consumed
    public void handleSurplus(long nowNanos, PeerAddress from, ByteBuffer datagram) {
        assertNotSending();
        ClientAttempt attempt = this.attempt;
        if (attempt != null
                && attempt.server.sameAs(from)
                && attempt.reader.inspect(datagram) == Drop.NONE
                && attempt.reader.type() == PacketType.PAYLOAD) {
            attempt.meter.overLimit();
            attempt.meter.skipLoss();
            drops.add(Drop.OVER_LIMIT);
        } else {
            boolean _ = handleDatagram(nowNanos, from, datagram);
        }
    }

    /// Whatever has opened is measured, even what means nothing in the present state.
    private static void measure(long nowNanos, ClientAttempt attempt, int bytes) {
        long sequence = attempt.reader.sequence();
        switch (attempt.reader.type()) {
            case CONNECTION_CHALLENGE -> {
                attempt.meter.received(bytes);
                long roundTripNanos = attempt.handshake.challengeReceived(nowNanos, sequence);
                if (roundTripNanos != HandshakeTimer.UNKNOWN) {
                    attempt.meter.reportRoundTrip(roundTripNanos);
                }
            }
            case KEEP_ALIVE, PAYLOAD, DISCONNECT, PATH_ANSWER, PING ->
                    attempt.meter.received(nowNanos, sequence, bytes);
            default -> attempt.meter.received(bytes);
        }
    }

    private Drop handlePacket(long nowNanos, ClientAttempt attempt, ByteBuffer body) {
        boolean isHeeded =
                switch (attempt.reader.type()) {
                    case CONNECTION_REQUEST, CONNECTION_RESPONSE -> false;
                    case PATH_REQUEST, PATH_RESPONSE, RESET -> false;
                    case CONNECTION_DENIED -> handleDenied(attempt, body);
                    case CONNECTION_CHALLENGE -> handleChallenge(attempt, body);
                    case KEEP_ALIVE -> handleKeepAlive(attempt, body);
                    case PAYLOAD -> state == ClientState.CONNECTED;
                    case DISCONNECT -> handleDisconnect(attempt, body);
                    case PATH_ANSWER -> handlePathAnswer(nowNanos, attempt, body);
                    case PING -> handlePing(nowNanos, attempt, body);
                };
        if (!isHeeded) {
            return Drop.WRONG_STATE;
        }
        attempt.silentSinceNanos = nowNanos;
        return Drop.NONE;
    }

    private boolean handleDenied(ClientAttempt attempt, ByteBuffer body) {
        if (!isConnecting()) {
            return false;
        }
        // Of a denial and a disconnect, the first word counts.
        if (!attempt.isDenied && !attempt.isDisconnected) {
            statedReason = ReasonBody.read(body);
        }
        attempt.isDenied = true;
        return true;
    }

    private boolean handleChallenge(ClientAttempt attempt, ByteBuffer body) {
        if (state != ClientState.SENDING_CONNECTION_REQUEST) {
            return false;
        }
        attempt.challenge.put(0, body, body.position(), Wire.CHALLENGE_BODY_BYTES);
        state = ClientState.SENDING_CONNECTION_RESPONSE;
        return true;
    }

    private boolean handleKeepAlive(ClientAttempt attempt, ByteBuffer body) {
        if (state == ClientState.SENDING_CONNECTION_RESPONSE) {
            attempt.clientIndex = LittleEndian.getInt(body, body.position());
            attempt.maxClients = LittleEndian.getInt(body, body.position() + Integer.BYTES);
            state = ClientState.CONNECTED;
        }
        if (state != ClientState.CONNECTED) {
            return false;
        }
        if (body.remaining() == Wire.PATH_KEEP_ALIVE_BODY_BYTES && !attempt.path.isKnown()) {
            attempt.path.learn(body, body.position() + Wire.KEEP_ALIVE_BODY_BYTES);
        }
        return true;
    }

    private boolean handlePathAnswer(long nowNanos, ClientAttempt attempt, ByteBuffer body) {
        return state == ClientState.CONNECTED
                && attempt.path.answered(nowNanos, LittleEndian.getLong(body, body.position()));
    }

    private boolean handlePing(long nowNanos, ClientAttempt attempt, ByteBuffer body) {
        if (state != ClientState.CONNECTED) {
            return false;
        }
        attempt.meter.pingReceived(nowNanos, attempt.reader.sequence(), body);
        attempt.owesPing = true;
        return true;
    }

    private static boolean isReset(ByteBuffer datagram) {
        return datagram.remaining() == Wire.RESET_BYTES
                && datagram.get(datagram.position()) == Wire.RESET_PREFIX;
    }

    /// The server no longer has this connection, if this is its word and nothing speaks against it.
    private Drop handleReset(ClientAttempt attempt, ByteBuffer datagram) {
        if (!attempt.path.isProbing()) {
            return Drop.WRONG_STATE;
        }
        if (!attempt.path.isReset(datagram)) {
            return Drop.NOT_AUTHENTIC;
        }
        isForgotten = true;
        notePause(attempt);
        end(ClientState.DISCONNECTED);
        return Drop.NONE;
    }

    /// Before its first response a client has no place at this server that could be taken from it:
    /// what opens then is a former server's. After it the keep-alive that says so may be lost.
    private boolean handleDisconnect(ClientAttempt attempt, ByteBuffer body) {
        if (state != ClientState.CONNECTED && state != ClientState.SENDING_CONNECTION_RESPONSE) {
            return false;
        }
        if (!attempt.isDenied && !attempt.isDisconnected) {
            statedReason = ReasonBody.read(body);
        }
        attempt.isDisconnected = true;
        return true;
    }

    /// Does what is due, in the order of one update of the standard: sends a request, response or
    /// keep-alive; then the token's expiry, then a denial or disconnect that came in, then
    /// timeouts.
    ///
    /// Call it once an update after the datagrams, or when [#nextTimeout()] has come. Of the time
    /// between two calls at most a second counts as silence: a side that stood still has not
    /// listened. The time for the first answer counts from the first request.
    public void handleTimeout(long nowNanos, PacketSink out) {
        assertNotSending();
        ClientAttempt attempt = this.attempt;
        if (attempt == null) {
            return;
        }
        attempt.look(nowNanos);
        if (state == ClientState.CONNECTED && !sendPathAndPing(nowNanos, attempt, out)) {
            return;
        }
        if (attempt.isSendDue(nowNanos) && !sendDue(nowNanos, attempt, out)) {
            return;
        }
        if (isConnecting() && attempt.hasExpired(nowNanos)) {
            end(ClientState.CONNECT_TOKEN_EXPIRED);
        } else if (attempt.isDisconnected) {
            end(ClientState.DISCONNECTED);
        } else if (attempt.isDenied) {
            dialNextOrEnd(nowNanos, attempt, ClientState.CONNECTION_DENIED);
        } else if (!suspendsTimeouts && attempt.hasTimedOut(nowNanos)) {
            notePause(attempt);
            handlePathLost(nowNanos);
        }
    }

    /// A silence is over: whether this side stood still in it may be why the other one gave up.
    private void notePause(ClientAttempt attempt) {
        pausedNanos = Math.max(pausedNanos, attempt.looks.pauseIn(attempt.silentSinceNanos));
    }

    /// Takes that the server cannot be reached, or no longer: the same as when its timeout has
    /// passed. For transports that know.
    ///
    /// Call it after [#handleTimeout]: what came in before says more.
    public void handlePathLost(long nowNanos) {
        assertNotSending();
        ClientAttempt attempt = this.attempt;
        if (attempt == null) {
            return;
        }
        switch (state) {
            case SENDING_CONNECTION_REQUEST ->
                    dialNextOrEnd(nowNanos, attempt, ClientState.CONNECTION_REQUEST_TIMED_OUT);
            case SENDING_CONNECTION_RESPONSE ->
                    dialNextOrEnd(nowNanos, attempt, ClientState.CONNECTION_RESPONSE_TIMED_OUT);
            default -> end(ClientState.CONNECTION_TIMED_OUT);
        }
    }

    private void dialNextOrEnd(long nowNanos, ClientAttempt attempt, ClientState failure) {
        if (attempt.hasNextServer()) {
            attempt.dial(attempt.serverIndex + 1, nowNanos);
            statedReason = StatedReason.NONE;
            state = ClientState.SENDING_CONNECTION_REQUEST;
        } else {
            end(failure);
        }
    }

    // ---- Paths

    /// Takes that the network of this machine has changed, as far as the application knows: a
    /// connection that survives moves asks the server at once whether it still knows this address.
    /// Does nothing for any other, nor while none exists.
    public void networkChanged(long nowNanos) {
        ClientAttempt attempt = this.attempt;
        if (attempt != null && state == ClientState.CONNECTED) {
            attempt.path.probe(nowNanos);
        }
    }

    /// {@return false when the connection has ended}
    private boolean sendPathAndPing(long nowNanos, ClientAttempt attempt, PacketSink out) {
        ClientPath path = attempt.path;
        boolean isSilent = nowNanos - attempt.silentSinceNanos >= ClientPath.SILENCE_NANOS;
        if (isSilent && !path.isProbing()) {
            path.probe(nowNanos);
        }
        if (path.owesResponse()) {
            if (endIfUsedUp(attempt)) {
                return false;
            }
            packets.pathResponse(nowNanos, attempt, path.takeChallenge(), out);
        }
        if (path.isRequestDue(nowNanos)) {
            if (endIfUsedUp(attempt)) {
                return false;
            }
            packets.pathRequest(nowNanos, attempt, out);
            path.requestSent(nowNanos);
        }
        if (attempt.owesPing && attempt.pingDueNanos - nowNanos <= 0) {
            if (endIfUsedUp(attempt)) {
                return false;
            }
            attempt.owesPing = false;
            attempt.pingDueNanos = nowNanos + PingClock.INTERVAL_NANOS;
            packets.ping(nowNanos, attempt, out);
        }
        return true;
    }

    // ---- Commands

    /// Starts connecting to the first server of a token. A connection that is still active is
    /// disconnected first.
    ///
    /// A token is connected with once: the sequence of packets starts at 0 under its keys, and a
    /// second connection would use the same nonces again. The caller sees to it.
    ///
    /// A token that cannot be read ends in [ClientState#INVALID_CONNECT_TOKEN];
    /// [ConnectToken#info()] says why.
    public void connect(long nowNanos, ConnectToken token, PacketSink out) {
        disconnect(nowNanos, StatedReason.NONE, out);
        statedReason = StatedReason.NONE;
        hasUsedUpSequence = false;
        isForgotten = false;
        pausedNanos = 0;
        ConnectionMeter meter = new ConnectionMeter();
        this.meter = meter;
        byte[] bytes = token.toBytes();
        TokenReading reading = PublicToken.read(bytes);
        Arrays.fill(bytes, (byte) 0); // keys stand in it
        switch (reading) {
            case TokenReading.Failure _ -> state = ClientState.INVALID_CONNECT_TOKEN;
            case TokenReading.Success(PublicToken publicToken) -> {
                if (publicToken.survivesMoves()) {
                    meter.startPings();
                }
                attempt = new ClientAttempt(publicToken, cipher, meter, nowNanos);
                state = ClientState.SENDING_CONNECTION_REQUEST;
            }
        }
    }

    /// Ends the connection, or the attempt at one: ten disconnect packets, then
    /// [ClientState#DISCONNECTED]. Does nothing when neither exists; the state then stays, and with
    /// it why it ended.
    ///
    /// @param reason told to a server whose token says that it understands reasons
    public void disconnect(long nowNanos, StatedReason reason, PacketSink out) {
        assertNotSending();
        ClientAttempt attempt = this.attempt;
        if (attempt == null) {
            return;
        }
        packets.disconnects(nowNanos, attempt, reason, out);
        statedReason = reason;
        end(ClientState.DISCONNECTED);
    }

    /// Sends a payload to the server.
    ///
    /// @param payload 1 to 1200 bytes between position and limit, both left as they are
    /// @return whether it was handed to `out`; false when not connected
    /// @throws IllegalArgumentException when the payload is empty or larger than 1200 bytes
    public boolean send(long nowNanos, ByteBuffer payload, PacketSink out) {
        assertNotSending();
        Payloads.check(payload);
        ClientAttempt attempt = this.attempt;
        if (attempt == null || state != ClientState.CONNECTED || !attempt.hasSequenceLeft()) {
            return false;
        }
        packets.payload(nowNanos, attempt, payload, out);
        return true;
    }

    /// From here on neither a connection nor the attempt at one ends because nothing was received:
    /// for debugging, where one side stands still for minutes. Everything is still sent, and the
    /// token still expires. Holds for later connections too.
    public void suspendTimeouts() {
        suspendsTimeouts = true;
    }

    /// Ends what [#suspendTimeouts()] began: the server counts as just heard. Does nothing when
    /// timeouts are not suspended.
    public void resumeTimeouts(long nowNanos) {
        if (suspendsTimeouts && attempt != null) {
            attempt.silentSinceNanos = nowNanos;
        }
        suspendsTimeouts = false;
    }

    // ---- What is due

    /// {@return when [#handleTimeout] has something to do at the earliest, or [#NO_TIMEOUT]}
    public long nextTimeout() {
        ClientAttempt attempt = this.attempt;
        if (attempt == null) {
            return NO_TIMEOUT;
        }
        if (attempt.isDenied || attempt.isDisconnected) {
            return attempt.silentSinceNanos;
        }
        long dueAt = attempt.lastSentNanos + Wire.SEND_INTERVAL_NANOS + 1;
        if (attempt.timeoutNanos > 0 && !suspendsTimeouts) {
            dueAt = sooner(dueAt, attempt.silentSinceNanos + attempt.timeoutNanos + 1);
        }
        return isConnecting()
                ? sooner(dueAt, attempt.expiresAtNanos())
                : sooner(dueAt, pathOrPingDue(attempt, dueAt));
    }

    private static long pathOrPingDue(ClientAttempt attempt, long dueAt) {
        ClientPath path = attempt.path;
        long soonest = attempt.owesPing ? sooner(dueAt, attempt.pingDueNanos) : dueAt;
        if (path.owesResponse()) {
            return sooner(soonest, attempt.silentSinceNanos);
        }
        if (path.isProbing()) {
            return sooner(soonest, path.requestDueNanos());
        }
        return path.isKnown()
                ? sooner(soonest, attempt.silentSinceNanos + ClientPath.SILENCE_NANOS)
                : soonest;
    }

    private static long sooner(long nanos, long otherNanos) {
        return nanos - otherNanos < 0 ? nanos : otherNanos;
    }

    // ---- Looks

    /// {@return the state}
    public ClientState state() {
        return state;
    }

    /// {@return what the server stated when it denied or ended the connection, or this side when it
    /// left; [StatedReason#NONE] while nothing was said}
    public StatedReason statedReason() {
        return statedReason;
    }

    /// {@return whether the last connection, or the attempt at one, ended in
    /// [ClientState#DISCONNECTED] because its packet sequence had used up its numbers, rather than
    /// because a side ended it}
    public boolean hasUsedUpSequence() {
        return hasUsedUpSequence;
    }

    /// {@return whether the last connection ended in [ClientState#DISCONNECTED] because the server
    /// said that it no longer has it, as one does that was restarted}
    public boolean isForgotten() {
        return isForgotten;
    }

    /// {@return whether this client asks the server whether it knows this address, since it hears
    /// nothing, or nothing is heard of it, or the network changed}
    public boolean isProbing() {
        ClientAttempt attempt = this.attempt;
        return attempt != null && attempt.path.isProbing();
    }

    /// {@return whether the server has said that this connection survives a changed address}
    public boolean survivesMoves() {
        ClientAttempt attempt = this.attempt;
        return attempt != null && attempt.path.isKnown();
    }

    /// {@return how long this side stood still at most, from one [#handleTimeout] to the next, in a
    /// silence that ended in a timeout, or with the word that the server no longer has the
    /// connection, since the last connect; 0 where it was never more than a second, or no silence
    /// has ended so}
    public long pausedNanos() {
        return pausedNanos;
    }

    /// {@return how long nothing was heard of the server that is dialled or connected, up to
    /// `nowNanos`; 0 when none is. Time in which nobody looked is left out from the next
    /// [#handleTimeout] on}
    public long silenceNanos(long nowNanos) {
        ClientAttempt attempt = this.attempt;
        return attempt == null ? 0 : nowNanos - attempt.silentSinceNanos;
    }

    /// {@return what was measured of the present or the last connect; a new object for each, and
    /// null before the first}
    public @Nullable ConnectionMeter meter() {
        return meter;
    }

    /// {@return the server that is dialled or connected; null when none is}
    public @Nullable NetAddress serverAddress() {
        ClientAttempt attempt = this.attempt;
        return attempt == null ? null : attempt.token.servers().get(attempt.serverIndex);
    }

    /// {@return the slot this client has at the server; 0 before it is connected}
    public int clientIndex() {
        ClientAttempt attempt = this.attempt;
        return attempt == null ? 0 : attempt.clientIndex;
    }

    /// {@return the number of slots of the server; 0 before this client is connected}
    public int maxClients() {
        ClientAttempt attempt = this.attempt;
        return attempt == null ? 0 : attempt.maxClients;
    }

    /// {@return why packets were dropped, and how many}
    public DropCounters drops() {
        return drops;
    }

    /// {@return which ciphers run}
    public String cipherName() {
        return ciphers.name();
    }

    private boolean isConnecting() {
        return state == ClientState.SENDING_CONNECTION_REQUEST
                || state == ClientState.SENDING_CONNECTION_RESPONSE;
    }

    private void end(ClientState ending) {
        if (attempt != null) {
            attempt.erase();
            attempt = null;
        }
        state = ending;
    }

    // ---- What goes out

    private boolean sendDue(long nowNanos, ClientAttempt attempt, PacketSink out) {
        if (endIfUsedUp(attempt)) {
            return false;
        }
        switch (state) {
            case SENDING_CONNECTION_REQUEST -> {
                if (!attempt.hasRequested) {
                    attempt.hasRequested = true;
                    attempt.silentSinceNanos = nowNanos;
                    attempt.looks.start(nowNanos);
                }
                attempt.handshake.requestSent(nowNanos);
                packets.request(nowNanos, attempt, out);
            }
            case SENDING_CONNECTION_RESPONSE -> packets.response(nowNanos, attempt, out);
            default -> packets.keepAlive(nowNanos, attempt, out);
        }
        return true;
    }

    private boolean endIfUsedUp(ClientAttempt attempt) {
        if (attempt.hasSequenceLeft()) {
            return false;
        }
        hasUsedUpSequence = true;
        end(ClientState.DISCONNECTED);
        return true;
    }

    private void assertNotSending() {
        assert !packets.isSending()
                : "a PacketSink called back into the machine that it was sending for";
    }
}
