package dev.hawser.tests.rig;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.RandomBytes;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.WallClock;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.machine.ServerGroup;
import dev.hawser.protocol.machine.ServerMachine;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// One of our servers, and what it sent.
public final class Host {
    private static final long UPDATE_MILLIS_MAX = 500;

    private final Rig rig;
    private final ServerMachine machine;
    private final CountingCiphers ciphers = new CountingCiphers();
    private final List<Sent> sent = new ArrayList<>();
    private Drop lastDrop = Drop.NONE;
    private byte[] lastPayload = {};

    Host(Rig rig, ServerConfig config) {
        this(rig, config, rig::nextBytes);
    }

    public Host(Rig rig, ServerConfig config, RandomBytes random) {
        this(rig, config, rig::unixSeconds, random);
    }

    /// With a clock of its own.
    Host(Rig rig, ServerConfig config, WallClock wallClock, RandomBytes random) {
        this.rig = rig;
        machine = new ServerMachine(config, wallClock, random, ciphers);
    }

    /// A member of a group.
    public Host(Rig rig, ServerConfig config, RandomBytes random, ServerGroup group) {
        this.rig = rig;
        machine = new ServerMachine(config, rig::unixSeconds, random, ciphers, group);
    }

    /// {@return the ciphers that it works with, which wipe what does not open}
    public CountingCiphers ciphers() {
        return ciphers;
    }

    public ServerMachine machine() {
        return machine;
    }

    public PacketSink sink() {
        return (to, packet) -> {
            byte[] bytes = new byte[packet.remaining()];
            packet.get(packet.position(), bytes);
            sent.add(new Sent(to, bytes));
        };
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
        sent.clear();
        Map<Drop, Long> before = new EnumMap<>(Drop.class);
        before.putAll(machine.drops().asMap());
        // In the middle of a larger array: nothing may rely on where a datagram begins.
        byte[] array = new byte[datagram.length + 16];
        System.arraycopy(datagram, 0, array, 8, datagram.length);
        ByteBuffer buffer = ByteBuffer.wrap(array, 8, datagram.length);
        int slot = machine.handleDatagram(rig.nanos(), from, buffer, sink());
        lastPayload = null;
        if (slot != ServerMachine.NO_SLOT) {
            lastPayload = Arrays.copyOfRange(array, buffer.position(), buffer.limit());
        }
        lastDrop = difference(before, machine.drops().asMap());
        return List.copyOf(sent);
    }

    static Drop difference(Map<Drop, Long> before, Map<Drop, Long> after) {
        Drop difference = Drop.NONE;
        for (Map.Entry<Drop, Long> entry : after.entrySet()) {
            if (entry.getValue() > before.getOrDefault(entry.getKey(), 0L)) {
                difference = entry.getKey();
            }
        }
        return difference;
    }

    /// {@return why the last datagram was dropped, or [Drop#NONE]}
    public Drop lastDrop() {
        return lastDrop;
    }

    /// {@return the payload in the last datagram, or null when it held none}
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

    public List<Sent> send(int slot, byte[] payload) {
        sent.clear();
        machine.send(rig.nanos(), slot, ByteBuffer.wrap(payload), sink());
        return List.copyOf(sent);
    }

    public List<Sent> disconnect(int slot, StatedReason reason) {
        sent.clear();
        machine.disconnect(rig.nanos(), slot, reason, sink());
        return List.copyOf(sent);
    }

    public List<Sent> replace(int slot) {
        sent.clear();
        machine.replace(rig.nanos(), slot, sink());
        return List.copyOf(sent);
    }

    public void close() {
        sent.clear();
        machine.close(rig.nanos(), StatedReason.NONE, sink());
    }

    public List<Sent> admit(long entry) {
        sent.clear();
        machine.admit(rig.nanos(), entry, sink());
        return List.copyOf(sent);
    }

    public List<Sent> refuse(long entry, StatedReason reason) {
        sent.clear();
        machine.refuse(rig.nanos(), entry, reason, sink());
        return List.copyOf(sent);
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
