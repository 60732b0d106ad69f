package dev.hawser.benchmarks;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientMachine;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.wire.Wire;
import dev.hawser.transport.DatagramHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Many clients of one server, in memory: each has at most one packet on its way.
final class Crowd {
    private final Lab lab;
    private final ClientMachine[] clients;
    private final PeerAddress[] addresses;
    private final PeerAddress server = PeerAddress.of(Lab.SERVER);
    private final ByteBuffer[] underway;
    private final ByteBuffer scratch = ByteBuffer.allocate(Wire.PACKET_BYTES_MAX);

    /// Packets arrive in an order that has nothing to do with that of the slots.
    private final int[] order;

    private int sender;
    private final PacketSink toServer = this::put;

    /// What the server sends goes here, to arrive at once.
    final PacketSink toClients = this::arrive;

    Crowd(Lab lab, int count) {
        this.lab = lab;
        clients = new ClientMachine[count];
        addresses = new PeerAddress[count];
        underway = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            clients[i] = new ClientMachine(lab.ciphers);
            addresses[i] = Lab.addressOf(i);
            underway[i] = ByteBuffer.allocate(Wire.PACKET_BYTES_MAX).limit(0);
        }
        List<Integer> numbers = new ArrayList<>(IntStream.range(0, count).boxed().toList());
        Collections.shuffle(numbers, new Random(1));
        order = numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    /// {@return a token for each, all with ids of their own}
    ConnectToken[] mintTokens() {
        ConnectToken[] tokens = new ConnectToken[clients.length];
        Arrays.setAll(tokens, lab::token);
        return tokens;
    }

    /// Connects all clients.
    void connect(ConnectToken[] tokens, DatagramHandler atServer) {
        request(tokens);
        deliver(atServer);
        respond();
        deliver(atServer);
        checkConnected();
    }

    /// Every client asks.
    void request(ConnectToken[] tokens) {
        for (int i = 0; i < clients.length; i++) {
            sender = i;
            clients[i].connect(lab.clock.nanos(), tokens[i], toServer);
            clients[i].handleTimeout(lab.clock.nanos(), toServer);
        }
    }

    /// Every client answers its challenge, once it may.
    void respond() {
        lab.clock.advanceNanos(Lab.RESPONSE_AFTER_NANOS);
        for (int i = 0; i < clients.length; i++) {
            sender = i;
            clients[i].handleTimeout(lab.clock.nanos(), toServer);
        }
    }

    void checkConnected() {
        for (ClientMachine client : clients) {
            if (client.state() != ClientState.CONNECTED) {
                throw new IllegalStateException("a client is " + client.state());
            }
        }
    }

    /// Every client sends a payload.
    void send(ByteBuffer payload) {
        for (int i = 0; i < clients.length; i++) {
            sender = i;
            clients[i].send(lab.clock.nanos(), payload, toServer);
        }
    }

    /// Every client says goodbye.
    void leave() {
        for (int i = 0; i < clients.length; i++) {
            sender = i;
            clients[i].disconnect(lab.clock.nanos(), StatedReason.NONE, toServer);
        }
    }

    /// Hands what is underway to the server.
    ///
    /// @return how many packets that were
    int deliver(DatagramHandler atServer) {
        int delivered = 0;
        for (int i : order) {
            if (underway[i].hasRemaining()) {
                atServer.handle(addresses[i], underway[i]);
                underway[i].clear().limit(0);
                delivered++;
            }
        }
        return delivered;
    }

    /// A later packet takes the place of an earlier one: of several in one call, each but the last
    /// is a repetition.
    private void put(PeerAddress to, ByteBuffer packet) {
        copy(packet, underway[sender]);
    }

    private void arrive(PeerAddress to, ByteBuffer packet) {
        copy(packet, scratch);
        clients[Lab.indexOf(to)].handleDatagram(lab.clock.nanos(), server, scratch);
    }

    private static void copy(ByteBuffer packet, ByteBuffer target) {
        target.clear();
        target.put(0, packet, packet.position(), packet.remaining()).limit(packet.remaining());
    }
}
