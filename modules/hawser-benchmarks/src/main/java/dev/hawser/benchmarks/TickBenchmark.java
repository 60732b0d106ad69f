package dev.hawser.benchmarks;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.machine.ServerMachine;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// One tick of a server whose slots are all taken. The secondary figure `packets` is the time for
/// each packet that the tick sent.
public class TickBenchmark extends Measured {
    private static final int PAYLOAD_BYTES = 256;
    private static final long TICK_NANOS = 1_000_000_000 / 60;

    /// Divides the time of a tick.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Sent {
        public long packets;
    }

    /// A full server.
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH sets up before it measures.
    public static class Full {
        @Param({"sodium", "jdk"})
        public String crypto;

        @Param({"64", "1024", "16384"})
        public int clients;

        Lab lab;
        Crowd crowd;
        ServerMachine server;
        final ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES);
        private long packets;
        final PacketSink counting = (to, packet) -> packets++;

        @Setup
        public void setUp() {
            lab = Lab.with(crypto);
            crowd = new Crowd(lab, clients);
            server = lab.server(lab.config(clients));
            crowd.connect(
                    crowd.mintTokens(),
                    (from, datagram) ->
                            server.handleDatagram(
                                    lab.clock.nanos(), from, datagram, crowd.toClients));
            echoAll();
            spreadKeepAlives();
        }

        /// The clients of a real server have come at different times.
        private void spreadKeepAlives() {
            int ticks = 6;
            for (int tick = 0; tick < ticks; tick++) {
                lab.clock.advanceNanos(TICK_NANOS);
                for (int slot = tick; slot < clients; slot += ticks) {
                    server.send(lab.clock.nanos(), slot, payload, counting);
                }
            }
        }

        /// Every client has sent a payload.
        void fill() {
            lab.clock.advanceNanos(TICK_NANOS);
            crowd.send(payload);
        }

        void echoAll() {
            fill();
            crowd.deliver(this::echo);
        }

        void echo(PeerAddress from, ByteBuffer datagram) {
            int slot = server.handleDatagram(lab.clock.nanos(), from, datagram, counting);
            if (slot == ServerMachine.NO_SLOT) {
                throw new IllegalStateException("a payload was dropped");
            }
            server.send(lab.clock.nanos(), slot, datagram, counting);
        }

        long takePackets() {
            long taken = packets;
            packets = 0;
            return taken;
        }
    }

    /// A full server to which every client has sent a payload.
    public static class Busy extends Full {
        @Setup(Level.Invocation)
        public void send() {
            fill();
        }
    }

    /// Nothing is due.
    @Benchmark
    public long idle(Full full) {
        full.server.handleTimeout(full.lab.clock.nanos(), full.counting);
        return full.server.nextTimeout();
    }

    /// The application sends nothing, and a sixth of the clients are due a keep-alive.
    @Benchmark
    public void keepAlives(Full full, Sent sent) {
        full.lab.clock.advanceNanos(TICK_NANOS);
        full.server.handleTimeout(full.lab.clock.nanos(), full.counting);
        sent.packets += full.takePackets();
    }

    /// Every client has sent 256 bytes and gets them back.
    @Benchmark
    public void echoes(Busy busy, Sent sent) {
        busy.crowd.deliver(busy::echo);
        busy.server.handleTimeout(busy.lab.clock.nanos(), busy.counting);
        sent.packets += busy.takePackets();
    }
}
