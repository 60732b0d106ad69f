package dev.hawser.tests.rig;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerGroup;
import dev.hawser.protocol.machine.ServerMachine;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// One of our servers, and what it sent.
public final class Host extends Party {
    private final ServerMachine machine;
    private final CountingCiphers ciphers = new CountingCiphers();

    Host(Rig rig, ServerConfig.Builder config) {
        this(rig, config, rig::nextBytes);
    }

    public Host(Rig rig, ServerConfig.Builder config, RandomBytes random) {
        this(rig, config, rig::unixSeconds, random);
    }

    /// With a clock of its own.
    Host(Rig rig, ServerConfig.Builder config, WallClock wallClock, RandomBytes random) {
        super(rig);
        machine = new ServerMachine(config.build(), wallClock, random, ciphers);
    }

    /// A member of a group.
    public Host(Rig rig, ServerConfig.Builder config, RandomBytes random, ServerGroup group) {
        super(rig);
        machine = new ServerMachine(config.build(), rig::unixSeconds, random, ciphers, group);
    }

    /// {@return the ciphers that it works with, which wipe what does not open}
    public CountingCiphers ciphers() {
        return ciphers;
    }

    public ServerMachine machine() {
        return machine;
    }

    /// Takes a datagram.
    ///
    /// @return what it sent in answer
    public List<Sent> receive(NetAddress from, byte[] datagram) {
        return receive(PeerAddress.of(from), datagram);
    }

    /// Takes a datagram from a peer that has sent it to one of this machine's addresses.
    ///
    /// @return what it sent in answer
    public List<Sent> receive(PeerAddress from, byte[] datagram) {
        return sentBy(out ->
                take(
                        datagram,
                        machine.drops(),
                        buffer ->
                                machine.handleDatagram(rig.nanos(), from, buffer, out)
                                        != ServerMachine.NO_SLOT));
    }

    /// Takes a datagram on top of what an update takes.
    public void surplus(NetAddress from, byte[] datagram) {
        take(
                datagram,
                machine.drops(),
                buffer -> {
                    machine.handleSurplus(rig.nanos(), PeerAddress.of(from), buffer);
                    return false;
                });
    }

    @Override
    public List<Sent> tick() {
        return sentBy(out -> machine.handleTimeout(rig.nanos(), out));
    }

    public List<Sent> send(int slot, byte[] payload) {
        return sentBy(out -> machine.send(rig.nanos(), slot, ByteBuffer.wrap(payload), out));
    }

    public List<Sent> disconnect(int slot, StatedReason reason) {
        return sentBy(out -> machine.disconnect(rig.nanos(), slot, reason, out));
    }

    public List<Sent> replace(int slot) {
        return sentBy(out -> machine.replace(rig.nanos(), slot, out));
    }

    public void close() {
        sentBy(out -> machine.close(rig.nanos(), StatedReason.NONE, out));
    }

    public List<Sent> admit(long entry) {
        return sentBy(out -> machine.admit(rig.nanos(), entry, out));
    }

    public List<Sent> refuse(long entry, StatedReason reason) {
        return sentBy(out -> machine.refuse(rig.nanos(), entry, reason, out));
    }

    /// {@return what happened since the last call}
    public List<ServerEvent> events() {
        List<ServerEvent> events = new ArrayList<>();
        for (ServerEvent event = machine.pollEvent(); event != null; event = machine.pollEvent()) {
            events.add(event);
        }
        return events;
    }

    /// {@return all there is to say about it that a packet could change, apart from drops}
    public String state() {
        StringBuilder state = new StringBuilder();
        state.append(machine.pendingConnections()).append(" pending, ");
        state.append(machine.rememberedTokens()).append(" remembered, slots");
        for (int slot = 0; slot < machine.maxClients(); slot++) {
            state.append(machine.isConnected(slot) ? " " + machine.clientId(slot) : " -");
        }
        return state.toString();
    }
}
