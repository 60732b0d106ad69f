package dev.hawser.tests.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.Authentication;
import dev.hawser.NetClient;
import dev.hawser.PayloadHandler;
import dev.hawser.ServerHandler;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.testkit.AllocationMeter;
import dev.hawser.testkit.VirtualClock;
import dev.hawser.transport.MemoryNetwork;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpIo;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An echo, from the client's `send` through both ciphers and both machines to its `receive`,
/// allocates nothing.
class EchoAllocationTest {
    private static final int PAYLOAD_BYTES = 256;
    private static final long PROTOCOL_ID = 9;

    /// Enough for buffers to have grown and calls to be linked and compiled.
    private static final int WARM_UP_ECHOES = 3_000;

    private static final int ECHOES = 2_000;

    private static final AtomicInteger SEEDS = new AtomicInteger(9_000);

    private final VirtualClock clock = new VirtualClock();
    // Another one for each test: a token is used once in a process.
    private final Random random = new Random(SEEDS.incrementAndGet());
    private final PrivateKey key = PrivateKey.random(random::nextBytes);
    private final ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES);
    private int echoes;

    @Test
    void anEchoThroughMemoryAllocatesNothing() throws IOException {
        MemoryNetwork network = new MemoryNetwork();
        echo(
                network.bind(NetAddress.parse("10.0.0.1:7777")),
                network.bind(NetAddress.parse("10.0.0.2:7777")));
    }

    @ParameterizedTest
    @EnumSource(UdpIo.class)
    void anEchoThroughUdpAllocatesNothing(UdpIo io) throws IOException {
        assumeTrue(io.obstacle().isEmpty(), io.obstacle());
        NetAddress loopback = NetAddress.parse("127.0.0.1:0");
        echo(
                UdpTransport.builder().bind(loopback).io(io).build(),
                UdpTransport.builder().bind(loopback).io(io).build());
    }

    @ParameterizedTest
    @EnumSource(UdpIo.class)
    void anEchoThroughUdpOverIpv6AllocatesNothing(UdpIo io) throws IOException {
        assumeTrue(io.obstacle().isEmpty(), io.obstacle());
        echo(
                UdpTransport.builder().bind(NetAddress.parse("[::1]:0")).io(io).build(),
                UdpTransport.builder().io(io).build());
    }

    /// Each packet says which address of this machine it was sent to, and leaves from there.
    @Test
    void anEchoThroughASocketOfAllAddressesAllocatesNothing() throws IOException {
        assumeTrue(UdpIo.MMSG.obstacle().isEmpty(), UdpIo.MMSG.obstacle());
        echo(
                UdpTransport.builder().bind(NetAddress.parse("0.0.0.0:0")).io(UdpIo.MMSG).build(),
                UdpTransport.builder().io(UdpIo.MMSG).build(),
                List.of(NetAddress.parse("127.0.0.2")));
    }

    private void echo(Transport serverTransport, Transport clientTransport) throws IOException {
        echo(serverTransport, clientTransport, List.of());
    }

    private void echo(
            Transport serverTransport, Transport clientTransport, List<NetAddress> identity)
            throws IOException {
        assumeTrue(
                Ciphers.best().id().equals("sodium"),
                "the ciphers that run here are those of the JDK, which allocate");
        try (NetcodeServer server =
                NetcodeServer.builder()
                        .transport(serverTransport)
                        .identity(identity)
                        .protocolId(PROTOCOL_ID)
                        .privateKey(key)
                        .maxClients(4)
                        .monotonicClock(clock::nanos)
                        .wallClock(clock)
                        .random(random::nextBytes)
                        .build()) {
            server.start();
            NetAddress bound = server.localAddress();
            NetAddress dialled =
                    identity.isEmpty() ? bound : identity.getFirst().withPort(bound.port());
            try (NetcodeClient client =
                    NetcodeClient.builder()
                            .transport(clientTransport)
                            .authentication(new Authentication.Manual(dialled, 1, key, PROTOCOL_ID))
                            .monotonicClock(clock::nanos)
                            .wallClock(clock)
                            .random(random::nextBytes)
                            .build()) {
                client.connect();
                measure(server, client);
            }
        }
    }

    private void measure(NetcodeServer server, NetClient client) {
        ServerHandler echo = (from, bytes) -> server.send(from, bytes);
        PayloadHandler count = _ -> echoes++;
        Runnable tick =
                () -> {
                    clock.advanceMillis(1);
                    client.send(payload);
                    client.update();
                    server.update();
                    server.receive(echo);
                    server.update();
                    client.update();
                    client.receive(count);
                };
        for (int i = 0; i < 10_000 && echoes == 0; i++) {
            tick.run();
        }

        // Steady state is where the compiler has done its work, which takes it longer in a process
        // that runs a thousand other tests: what allocates does so in every round.
        double bytes = Double.MAX_VALUE;
        for (int round = 0; round < 12 && bytes >= 0.1; round++) {
            bytes =
                    Math.min(
                            bytes, AllocationMeter.bytesPerIteration(WARM_UP_ECHOES, ECHOES, tick));
        }

        // Once a second a server looks after itself: that is not a packet's.
        assertThat(bytes).isLessThan(0.1);
        assertThat(echoes).isGreaterThan(WARM_UP_ECHOES + 4 * ECHOES);
    }
}
