package dev.hawser.benchmarks;

import dev.hawser.protocol.machine.PacketSink;
import dev.hawser.protocol.machine.ServerMachine;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.transport.DatagramHandler;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A client gets in: request, challenge, response, keep-alive. Tokens are minted before, and
/// connections ended between the measurements.
public class HandshakeBenchmark extends Measured {
    private static final int CLIENTS = 64;

    /// A server, and clients that have their tokens.
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH sets up before it measures.
    public static class Strangers {
        @Param({"sodium", "jdk"})
        public String crypto;

        private Lab lab;
        private ServerMachine server;
        private DatagramHandler atServer;
        Crowd crowd;
        ConnectToken[] tokens;

        @Setup
        public void setUp() {
            lab = Lab.with(crypto);
            crowd = new Crowd(lab, CLIENTS);
            server = lab.server(lab.config(CLIENTS));
            PacketSink toClients = crowd.toClients;
            atServer =
                    (from, datagram) ->
                            server.handleDatagram(lab.clock.nanos(), from, datagram, toClients);
        }

        /// A second later than the last time, so that tokens expire and the server forgets them.
        @Setup(Level.Invocation)
        public void startAnew() {
            crowd.leave();
            deliver();
            while (server.pollEvent() != null) {
                // Nobody asks for these.
            }
            lab.clock.advanceSeconds(1);
            tokens = crowd.mintTokens();
            prepare();
        }

        void prepare() {}

        void deliver() {
            crowd.deliver(atServer);
        }

        int connected() {
            if (server.connectedClients() != CLIENTS) {
                throw new IllegalStateException(
                        server.connectedClients() + " of " + CLIENTS + " clients got in");
            }
            return CLIENTS;
        }

        int pending() {
            if (server.pendingConnections() != CLIENTS) {
                throw new IllegalStateException(
                        server.pendingConnections()
                                + " of "
                                + CLIENTS
                                + " clients were challenged");
            }
            return CLIENTS;
        }
    }

    /// Clients whose requests are underway.
    public static class Asking extends Strangers {
        @Override
        void prepare() {
            crowd.request(tokens);
        }
    }

    /// Clients whose responses are underway.
    public static class Answering extends Strangers {
        @Override
        void prepare() {
            crowd.request(tokens);
            deliver();
            crowd.respond();
        }
    }

    /// The work of both sides.
    @Benchmark
    @OperationsPerInvocation(CLIENTS)
    public int bothSides(Strangers clients) {
        clients.crowd.request(clients.tokens);
        clients.deliver();
        clients.crowd.respond();
        clients.deliver();
        return clients.connected();
    }

    /// A request is taken and its challenge reaches the client.
    @Benchmark
    @OperationsPerInvocation(CLIENTS)
    public int challenge(Asking clients) {
        clients.deliver();
        return clients.pending();
    }

    /// A response is taken and the first keep-alive reaches the client.
    @Benchmark
    @OperationsPerInvocation(CLIENTS)
    public int slot(Answering clients) {
        clients.deliver();
        return clients.connected();
    }
}
