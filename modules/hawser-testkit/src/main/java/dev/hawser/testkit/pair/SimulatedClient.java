package dev.hawser.testkit.pair;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.testkit.SimulatedPacket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// A client of a [Pair]: a player with an id, at an address, with a [ClientMachine] while its game
/// runs.
public final class SimulatedClient {
    private static final int PAYLOADS_KEPT_MAX = 1024;

    private final Pair pair;
    private final long id;
    private NetAddress address;
    private ClientMachine machine;
    private ObservedCiphers ciphers;
    private final PayloadLedger ledger;
    private final PacketSink sink = this::emit;
    private @Nullable MintedToken token;
    private long counter;
    private long payloadsReceived;
    private boolean isCutToServer;
    private boolean isCutToClient;
    private final Pause pause = new Pause();
    private final PathWatch paths;

    // What it has listened for.
    private long silentSinceNanos;
    private long lookedAtNanos;
    private @Nullable NetAddress requestedServer;

    private final Queue<byte[]> payloads = new ArrayDeque<>();

    SimulatedClient(Pair pair, long id, NetAddress address) {
        this.pair = pair;
        this.id = id;
        this.address = address;
        ledger = pair.invariants().ledger();
        paths = new PathWatch(this, pair);
        ciphers = pair.invariants().observed(pair.ciphers(), toString());
        machine = new ClientMachine(ciphers);
    }

    // ---- Looks

    /// {@return the id in its connect tokens, unsigned}
    public long id() {
        return id;
    }

    /// {@return where others see it}
    public NetAddress address() {
        return address;
    }

    /// {@return its machine}
    public ClientMachine machine() {
        return machine;
    }

    /// {@return the state of its machine}
    public ClientState state() {
        return machine.state();
    }

    /// {@return whether its machine counts itself as connected}
    public boolean isConnected() {
        return machine.state() == ClientState.CONNECTED;
    }

    /// {@return whether it stands still at the moment: see [#pauseMillis]}
    public boolean isPaused() {
        return pause.isOn();
    }

    /// {@return the server that it dials or is connected to, or null}
    public @Nullable SimulatedServer server() {
        NetAddress serverAddress = machine.serverAddress();
        return serverAddress == null ? null : pair.serverAt(serverAddress);
    }

    /// {@return the token it last connected with, or null before that}
    public @Nullable ConnectToken token() {
        MintedToken token = this.token;
        return token == null ? null : token.token;
    }

    /// {@return the next payload that was delivered here and not taken yet, or null; the last 1024
    /// are kept}
    public byte @Nullable [] receive() {
        return payloads.poll();
    }

    /// {@return how many payloads were delivered here}
    public long payloadsReceived() {
        return payloadsReceived;
    }

    // ---- Commands

    /// Connects with a new token for every server of the pair.
    public void connect() {
        connect(pair.newToken(id));
    }

    /// Connects with a token. With one that was used before, this is a client that breaks the
    /// contract, or whose process was started again: its own nonces are then not checked.
    public void connect(ConnectToken connectToken) {
        if (machine.state().isActive()) {
            disconnect();
        }
        MintedToken minted = pair.invariants().minted(connectToken);
        if (minted != null) {
            minted.markUsed();
        }
        ciphers.blind(minted != null && minted.isMisused);
        token = minted;
        lookedAtNanos = pair.clock().nanos();
        silentSinceNanos = lookedAtNanos;
        requestedServer = null;
        paths.disturbed();
        machine.connect(pair.clock().nanos(), connectToken, sink);
    }

    /// Leaves: ten disconnect packets, if there is a connection or an attempt at one.
    public void disconnect() {
        machine.disconnect(pair.clock().nanos(), StatedReason.of(1000, "bye"), sink);
        checkKeysErased();
    }

    /// Vanishes without a word, as after `kill -9`; the address stays.
    public void crash() {
        ciphers = pair.invariants().observed(pair.ciphers(), toString());
        machine = new ClientMachine(ciphers);
        token = null;
        pause.forget();
    }

    /// Stands still for a while, as a game does that loads: what comes meanwhile waits, as far as
    /// there is room, and is taken first when it goes on.
    public void pauseMillis(long millis) {
        long begun = pause.begin();
        pair.after(millis, () -> pause.end(begun, this::handle));
    }

    /// Moves to another address without telling anybody, as a phone does that leaves the Wi-Fi: the
    /// machine stays as it is, what is under way to the old address is lost. Whoever was at the new
    /// one is no longer reached there.
    public void moveTo(NetAddress newAddress) {
        moveTo(newAddress, 0);
    }

    /// Moves to another address without telling anybody, and is still reached at the old one for a
    /// while, unless somebody else takes it.
    ///
    /// @param oldMillis how long what is sent to the old address arrives
    public void moveTo(NetAddress newAddress, long oldMillis) {
        NetAddress old = address;
        address = newAddress;
        paths.disturbed();
        pair.addresses().arrived(this);
        if (oldMillis == 0) {
            pair.addresses().forget(old, this);
        } else {
            pair.after(oldMillis, () -> pair.addresses().forget(old, this));
        }
    }

    /// Is forgotten by its NAT, which gives it another port of the same host for what it sends from
    /// now on: what is under way to the old one is lost.
    public void rebind() {
        rebind(0);
    }

    /// Is given another port by its NAT for what it sends from now on, and is still reached at the
    /// old one for a while.
    ///
    /// @param oldMillis how long what is sent to the old port arrives
    public void rebind(long oldMillis) {
        moveTo(address.withPort(pair.newNatPort()), oldMillis);
    }

    /// Its application knows that the network has changed, as phones say: the machine asks the
    /// server for its path at once, if its token lets it.
    public void networkChanged() {
        paths.before(machine);
        machine.networkChanged(pair.clock().nanos());
        paths.after(machine, PathStep.PROBED_FOR_NETWORK_CHANGE);
    }

    /// Cuts one way of its line, or joins it again: while it is cut, what is sent there, or arrives
    /// there, is lost.
    public void cut(Direction direction, boolean cut) {
        switch (direction) {
            case TO_SERVER -> isCutToServer = cut;
            case TO_CLIENT -> isCutToClient = cut;
        }
    }

    /// {@return whether this way of its line is cut}
    public boolean isCut(Direction direction) {
        return switch (direction) {
            case TO_SERVER -> isCutToServer;
            case TO_CLIENT -> isCutToClient;
        };
    }

    /// Sends the next traced payload.
    ///
    /// @return whether the machine took it
    public boolean send(int length) {
        return send(nextPayload(true, length));
    }

    /// Sends a payload.
    ///
    /// @return whether the machine took it
    public boolean send(byte[] payload) {
        ByteBuffer lent = pair.buffers().lend(payload);
        SimulatedServer server = server();
        MintedToken token = this.token;
        boolean isSent = machine.send(pair.clock().nanos(), lent, sink);
        pair.buffers().takeBack();
        if (isSent && token != null && server != null) {
            ledger.sentToServer(token, server, payload);
        }
        return isSent;
    }

    // ---- What the pair calls

    byte[] nextPayload(boolean toServer, int length) {
        return TracedPayload.of(id, toServer, counter++, length);
    }

    /// Something has come over the network.
    void arrive(SimulatedPacket packet) {
        if (!isCutToClient) {
            handle(packet);
        }
    }

    private void handle(SimulatedPacket packet) {
        if (pause.isOn()) {
            pause.queue(packet);
            return;
        }
        long dropsBefore = machine.drops().total();
        PeerAddress from = PeerAddress.of(packet.from());
        ByteBuffer lent = pair.buffers().lend(packet.bytes());
        ClientState stateBefore = machine.state();
        NetAddress serverBefore = machine.serverAddress();
        SimulatedServer server = server();
        paths.before(machine);
        boolean isPayload = machine.handleDatagram(pair.clock().nanos(), from, lent);
        paths.afterDatagram(machine, packet);
        if (machine.drops().total() == dropsBefore) {
            silentSinceNanos = pair.clock().nanos();
        }
        if (isPayload) {
            byte[] payload = new byte[lent.remaining()];
            lent.get(payload);
            payloadsReceived++;
            keep(payload);
            MintedToken token = this.token;
            if (token != null) {
                ledger.receivedByClient(token, payload, packet);
            }
            if (!packet.from().equals(serverBefore)) {
                pair.invariants()
                        .violated(
                                Invariant.PAYLOADS_ONCE_AND_UNALTERED,
                                this + " is not connected to where this came from: " + packet);
            }
        }
        pair.buffers().takeBack();
        from.set(~from.high(), ~from.low(), from.port() ^ 1);
        if (packet.isOfStranger() && (isPayload || machine.state() != stateBefore)) {
            pair.invariants()
                    .violated(
                            Invariant.NO_STATE_FOR_STRANGERS,
                            this
                                    + " went from "
                                    + stateBefore
                                    + " to "
                                    + machine.state()
                                    + " at "
                                    + packet);
        }
        checkHasSlot(stateBefore);
        if (stateBefore.isActive() && !machine.state().isActive()) {
            paths.afterEnd(machine, server, token);
        }
    }

    void handleTimeout() {
        paths.look(server(), token);
        if (pause.isOn()) {
            return;
        }
        boolean wasActive = machine.state().isActive();
        long nowNanos = pair.clock().nanos();
        silentSinceNanos = Pause.silentSince(nowNanos, silentSinceNanos, nowNanos - lookedAtNanos);
        lookedAtNanos = nowNanos;
        SimulatedServer server = server();
        paths.before(machine);
        machine.handleTimeout(nowNanos, sink);
        paths.after(machine, PathStep.PROBED_FOR_SILENCE);
        if (wasActive) {
            checkKeysErased();
            checkHeardOut();
        }
        if (wasActive && !machine.state().isActive()) {
            paths.afterEnd(machine, server, token);
        }
    }

    /// Somebody has had a hand in what travels between it and its server.
    void disturbed() {
        paths.disturbed();
    }

    /// Its server has ended a connection for silence.
    void checkLost(MintedToken lost, SimulatedServer server, String event) {
        if (token == lost && isConnected() && server() == server) {
            paths.lost(lost, event);
        }
    }

    private void checkHeardOut() {
        MintedToken token = this.token;
        boolean hasTimedOut =
                switch (machine.state()) {
                    case CONNECTION_TIMED_OUT,
                            CONNECTION_RESPONSE_TIMED_OUT,
                            CONNECTION_REQUEST_TIMED_OUT ->
                            true;
                    default -> false;
                };
        long silentNanos = pair.clock().nanos() - silentSinceNanos;
        if (hasTimedOut && token != null && silentNanos <= token.timeoutNanos) {
            pair.invariants()
                    .violated(
                            Invariant.SILENCE_IS_HEARD_OUT,
                            this
                                    + " ends with "
                                    + machine.state()
                                    + ", but has listened for "
                                    + silentNanos / 1_000_000
                                    + " ms only");
        }
    }

    void checkNothingLeft() {
        if (machine.state().isActive()) {
            pair.invariants()
                    .violated(Invariant.NOTHING_LEAKED, this + " is still " + machine.state());
        }
        checkKeysErased();
    }

    private void emit(PeerAddress to, ByteBuffer packet) {
        NetAddress asked = to.toNetAddress();
        SimulatedPacket sent =
                SimulatedPacket.of(address, asked, packet, SimulatedPacket.Origin.MACHINE);
        MintedToken token = this.token;
        if (token != null && PathPackets.hasPathId(sent)) {
            pair.invariants().learnPath(PathPackets.pathId(sent), token);
        }
        if (!asked.equals(requestedServer)) {
            // Nobody can answer before.
            requestedServer = asked;
            silentSinceNanos = pair.clock().nanos();
        }
        pair.sendFromClient(sent, isCutToServer);
    }

    private void keep(byte[] payload) {
        if (payloads.size() == PAYLOADS_KEPT_MAX) {
            payloads.remove();
        }
        payloads.add(payload);
    }

    private void checkHasSlot(ClientState before) {
        SimulatedServer server = server();
        MintedToken token = this.token;
        boolean isNewlyConnected = before != ClientState.CONNECTED && isConnected();
        if (!isNewlyConnected || token == null || server == null) {
            return;
        }
        if (!token.mayHaveSlotAt(server)) {
            pair.invariants()
                    .violated(
                            Invariant.CONNECTED_MEANS_SLOT,
                            this + " counts as connected, but " + server + " never gave it a slot");
        }
    }

    private void checkKeysErased() {
        if (!machine.state().isActive() && !ciphers.areConnectionKeysErased()) {
            pair.invariants()
                    .violated(Invariant.KEYS_ERASED, this + " keeps the keys of a connection");
        }
    }

    @Override
    public String toString() {
        return "client " + Long.toUnsignedString(id) + " at " + address;
    }
}
