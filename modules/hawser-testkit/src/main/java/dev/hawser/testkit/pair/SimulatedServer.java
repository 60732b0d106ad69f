package dev.hawser.testkit.pair;

import dev.hawser.protocol.CorrectedClock;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.SimulatedPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A server of a [Pair]: a place on the network at which one [ServerMachine] after another lives.
public final class SimulatedServer {
    /// No slot: see [#slotOf].
    public static final int NO_SLOT = ServerMachine.NO_SLOT;

    private static final int EVENTS_MAX = 100_000;

    private final Pair pair;
    private final int index;
    private final NetAddress publicAddress;
    private final NetAddress internalAddress;
    private final List<ServerEvent> events = new ArrayList<>();
    private final Pause pause = new Pause();

    private @Nullable Life life;
    private int lives;
    private long nextClockSkewSeconds;
    private long clockSkewSeconds;
    private long clockAheadSeconds;
    private long payloadsReceived;

    /// What ends with a restart.
    static final class Life {
        final ServerMachine machine;
        final ServerModel model;
        final ObservedCiphers ciphers;
        final CorrectedClock clock;

        Life(
                ServerMachine machine,
                ServerModel model,
                ObservedCiphers ciphers,
                CorrectedClock clock) {
            this.machine = machine;
            this.model = model;
            this.ciphers = ciphers;
            this.clock = clock;
        }
    }

    SimulatedServer(Pair pair, int index, NetAddress publicAddress, NetAddress internalAddress) {
        this.pair = pair;
        this.index = index;
        this.publicAddress = publicAddress;
        this.internalAddress = internalAddress;
    }

    // ---- Looks

    /// {@return the address that clients dial}
    public NetAddress address() {
        return publicAddress;
    }

    /// {@return the address by which it knows itself, the same unless [Pair#behindNat]}
    public NetAddress identity() {
        return internalAddress;
    }

    /// {@return its number in the pair, from 0}
    public int index() {
        return index;
    }

    /// {@return whether a machine lives here now}
    public boolean isUp() {
        return life != null;
    }

    /// {@return whether it stands still at the moment: see [#pauseMillis]}
    public boolean isPaused() {
        return pause.isOn();
    }

    /// {@return the machine that lives here now}
    ///
    /// @throws IllegalStateException when the server is down
    public ServerMachine machine() {
        return life().machine;
    }

    /// {@return everything that happened here, in order, over all lives}
    public List<ServerEvent> events() {
        return List.copyOf(events);
    }

    /// {@return how many payloads were delivered here, over all lives}
    public long payloadsReceived() {
        return payloadsReceived;
    }

    /// {@return the slot of a client, by its id, connected or kept; or [#NO_SLOT]}
    public int slotOf(SimulatedClient client) {
        Life life = this.life;
        return life == null ? NO_SLOT : life.model.slots().slotOfClient(client.id());
    }

    /// {@return whether the connection of a token has a slot in the life that is led here}
    boolean hasSlot(MintedToken token) {
        Life life = this.life;
        return life != null && life.model.slots().hasSlot(token);
    }

    /// {@return whether a client of another token is at this address}
    boolean isTakenFrom(MintedToken token, NetAddress address) {
        Life life = this.life;
        return life != null && life.model.slots().isTakenFrom(token, address);
    }

    // ---- Commands

    /// Starts a new machine with the private key of the pair; the one that lived here is gone
    /// without a word, as after `kill -9`. Where servers share their clients, it starts together
    /// with those that are down.
    public void restart() {
        if (life != null || !pair.sharesClients()) {
            crash();
        }
        start();
        if (pair.sharesClients()) {
            pair.servers().stream().filter(server -> !server.isUp()).forEach(it -> it.start());
        }
    }

    void start() {
        lives++;
        String who = "server " + index + (lives == 1 ? "" : ", start " + lives);
        ObservedCiphers ciphers = pair.invariants().observed(pair.ciphers(), who);
        ServerConfig config = pair.newServerConfig(this);
        clockSkewSeconds = nextClockSkewSeconds;
        ServerModel model = pair.invariants().newModel(who, this);
        CorrectedClock clock = new CorrectedClock(pair.clock().nanos(), wallSeconds());
        SeededRandom random = pair.newRandom();
        ServerMachine machine =
                pair.sharesClients()
                        ? new ServerMachine(config, clock, random, ciphers, pair.group().machines())
                        : new ServerMachine(config, clock, random, ciphers);
        life = new Life(machine, model, ciphers, clock);
    }

    /// {@return what the clock of its machine says}
    public long wallSeconds() {
        return pair.clock().unixSeconds() + clockSkewSeconds + clockAheadSeconds;
    }

    /// Both clocks are looked at whenever the server does something, as in a tick.
    private void lookAtClocks(Life life) {
        life.clock.update(pair.clock().nanos(), wallSeconds());
        life.model.clocksLookedAt();
    }

    /// Takes the machine away without a word, and with it those that share their clients with it.
    public void crash() {
        if (pair.sharesClients()) {
            pair.forgetGroup();
            pair.servers().forEach(SimulatedServer::vanish);
        } else {
            vanish();
        }
    }

    private void vanish() {
        life = null;
        pause.forget();
    }

    /// Closes the machine: every client is told.
    public void stop() {
        Life life = life();
        StatedReason reason = StatedReason.of(StatedReason.SERVER_STOPPED, "going down");
        life.machine.close(pair.clock().nanos(), reason, life.model.sink());
        pollEvents(life);
        life.model.checkNothingLeft(life.machine, life.ciphers);
        life.model.leave();
        vanish();
    }

    /// Lets nobody in from now on, until the next start.
    public void drain(StatedReason reason) {
        Life life = life();
        life.model.slots().drain();
        life.machine.drain(pair.clock().nanos(), reason);
        pollEvents(life);
    }

    /// {@return whether it lets nobody in}
    public boolean isDraining() {
        Life life = this.life;
        return life != null && life.model.slots().isDraining();
    }

    /// Disconnects whoever is left, as an application does at the deadline of its drain.
    public void sendEverybodyOn(StatedReason reason) {
        Life life = life();
        if (life.machine.connectedClients() > 0) {
            pair.invariants().count(ResumeStep.DRAINED);
        }
        for (int slot = 0; slot < life.machine.maxClients(); slot++) {
            disconnect(slot, reason);
        }
        life.model.checkDrained(life.machine);
    }

    /// Stands still for a while, as a server does whose tick takes so long: what comes meanwhile
    /// waits, as far as there is room, and is taken first when it goes on.
    public void pauseMillis(long millis) {
        long begun = pause.begin();
        pair.after(millis, () -> pause.end(begun, this::handle));
    }

    /// Sets how far Unix time here is ahead of everybody else's, from the next start on.
    public void clockSkewSeconds(long seconds) {
        nextClockSkewSeconds = seconds;
    }

    /// Steps the clock of this machine at once, as somebody who sets it does: by so much it is
    /// ahead of where it was at first.
    public void setClockAheadBy(long seconds) {
        clockAheadSeconds = seconds;
    }

    /// Sends the next traced payload to a client.
    ///
    /// @return whether the machine took it
    public boolean send(SimulatedClient client, int length) {
        int slot = slotOf(client);
        if (slot == NO_SLOT) {
            return false;
        }
        return send(slot, client.nextPayload(false, length));
    }

    /// Sends a payload to a slot.
    ///
    /// @return whether the machine took it
    public boolean send(int slot, byte[] payload) {
        Life life = life();
        ByteBuffer lent = pair.buffers().lend(payload);
        life.model.beforeSend(slot, payload);
        boolean isSent = life.machine.send(pair.clock().nanos(), slot, lent, life.model.sink());
        pair.buffers().takeBack();
        life.model.afterSend(slot, isSent);
        pollEvents(life);
        return isSent;
    }

    /// Disconnects a client.
    public void disconnect(SimulatedClient client, StatedReason reason) {
        int slot = slotOf(client);
        if (slot != NO_SLOT) {
            disconnect(slot, reason);
        }
    }

    /// Disconnects whoever has a slot.
    public void disconnect(int slot, StatedReason reason) {
        Life life = life();
        life.machine.disconnect(pair.clock().nanos(), slot, reason, life.model.sink());
        pollEvents(life);
    }

    /// Admits a client that has asked; an answer that comes after a restart is for nobody.
    public void admit(ServerEvent.Requested request) {
        Life life = this.life;
        if (life != null && life.model.slots().answered(request, true)) {
            life.machine.admit(pair.clock().nanos(), request.entry(), life.model.sink());
            pollEvents(life);
        }
    }

    /// Refuses a client that has asked.
    public void refuse(ServerEvent.Requested request, StatedReason reason) {
        Life life = this.life;
        if (life != null && life.model.slots().answered(request, false)) {
            life.machine.refuse(pair.clock().nanos(), request.entry(), reason, life.model.sink());
            pollEvents(life);
        }
    }

    // ---- What the pair calls

    void handle(SimulatedPacket packet) {
        Life life = this.life;
        if (life == null) {
            return;
        }
        if (pause.isOn()) {
            pause.queue(packet);
            return;
        }
        PeerAddress from = PeerAddress.of(packet.from());
        ByteBuffer lent = pair.buffers().lend(packet.bytes());
        lookAtClocks(life);
        life.model.beforeDatagram(packet, life.machine, life.ciphers);
        int slot = life.machine.handleDatagram(pair.clock().nanos(), from, lent, life.model.sink());
        if (slot != NO_SLOT) {
            byte[] payload = new byte[lent.remaining()];
            lent.get(payload);
            payloadsReceived++;
            life.model.received(slot, payload, packet);
        }
        life.model.checkHandedBack(packet, lent);
        pair.buffers().takeBack();
        from.set(~from.high(), ~from.low(), from.port() ^ 1);
        pollEvents(life);
        life.model.afterDatagram(packet, life.machine, life.ciphers, slot != NO_SLOT);
    }

    void handleTimeout() {
        Life life = this.life;
        if (life != null && !pause.isOn()) {
            lookAtClocks(life);
            life.model.beforeTimeout();
            life.machine.handleTimeout(pair.clock().nanos(), life.model.sink());
            pollEvents(life);
        }
    }

    void check() {
        Life life = this.life;
        if (life != null && !pause.isOn()) {
            life.model.check(life.machine);
        }
    }

    void checkNothingLeft() {
        Life life = this.life;
        if (life != null) {
            life.model.checkNothingLeft(life.machine, life.ciphers);
        }
    }

    private void pollEvents(Life life) {
        for (ServerEvent event = life.machine.pollEvent();
                event != null;
                event = life.machine.pollEvent()) {
            if (events.size() < EVENTS_MAX) {
                events.add(event);
            }
            life.model.happened(event);
            if (event instanceof ServerEvent.Suspended) {
                life.model.checkLostKeysErased(life.machine, life.ciphers);
            }
            if (pair.sharesClients()) {
                leaveElsewhere(event);
            }
            if (event instanceof ServerEvent.Requested request) {
                pair.admission().requested(this, request);
            }
        }
    }

    /// A client is at one member of a group: where it was before, somebody has to end it.
    private void leaveElsewhere(ServerEvent event) {
        for (SimulatedServer other : pair.servers()) {
            if (other != this) {
                switch (event) {
                    case ServerEvent.Connected connected -> other.replace(connected.clientId());
                    case ServerEvent.Resumed resumed -> other.abandon(resumed.clientId());
                    default -> {}
                }
            }
        }
    }

    private void replace(long clientId) {
        Life life = this.life;
        int slot = life == null ? NO_SLOT : life.model.slots().slotOfClient(clientId);
        if (life != null && slot != NO_SLOT) {
            life.machine.replace(pair.clock().nanos(), slot, life.model.sink());
            pollEvents(life);
            life.model.slots().replacedElsewhere();
        }
    }

    private void abandon(long clientId) {
        Life life = this.life;
        int slot = life == null ? NO_SLOT : life.model.slots().slotOfClient(clientId);
        if (life != null && slot != NO_SLOT) {
            life.model.beforeLeaving();
            life.machine.abandon(slot);
            pollEvents(life);
            life.model.abandoned(slot);
        }
    }

    private Life life() {
        Life life = this.life;
        if (life == null) {
            throw new IllegalStateException("server " + index + " is down: restart it first");
        }
        return life;
    }

    @Override
    public String toString() {
        return "server " + index + " at " + publicAddress;
    }
}
