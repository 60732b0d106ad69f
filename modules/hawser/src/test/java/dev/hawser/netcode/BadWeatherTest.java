package dev.hawser.netcode;

import static dev.hawser.netcode.Fixtures.SERVER_ADDRESS;
import static dev.hawser.netcode.Fixtures.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.DisconnectReason;
import dev.hawser.protocol.NetAddress;
import dev.hawser.transport.ConditionedTransport;
import dev.hawser.transport.LinkConditions;
import dev.hawser.transport.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Connections over links that lose, delay and double, at both ends, on virtual time.
class BadWeatherTest {
    private static final LinkConditions BAD =
            LinkConditions.NONE
                    .latencyMillis(40)
                    .jitterMillis(40)
                    .loss(0.25)
                    .burstLoss(0.02, 0.3, 0.9)
                    .duplication(0.1)
                    .reordering(0.1)
                    .bytesPerSecond(64_000);

    private final Fixtures world = new Fixtures();
    private final Fixtures.Recorder recorder = new Fixtures.Recorder();

    private ConditionedTransport.Builder conditioned(Transport wrapped, long seed) {
        return ConditionedTransport.builder(wrapped)
                .seed(seed)
                .monotonicClock(() -> world.nowNanos);
    }

    private NetcodeServer startServer(LinkConditions conditions, long seed) {
        Transport transport = world.network.bind(SERVER_ADDRESS);
        return world.start(
                world.serverBuilder()
                        .transport(conditioned(transport, seed).outbound(conditions).build()));
    }

    private NetcodeClient client(ConditionedTransport transport) {
        NetcodeClient client =
                world.clientBuilder().transport(transport).authentication(world.token(7)).build();
        world.clients.add(client);
        return client;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aClientConnectsAndTalksThroughLossesOfAQuarterAtBothEnds(long seed) {
        NetcodeServer server = startServer(BAD, ~seed);
        ConditionedTransport transport =
                conditioned(world.network.bind(NetAddress.parse("10.0.0.2")), seed)
                        .conditions(BAD)
                        .build();
        NetcodeClient client = client(transport);
        client.connect();
        world.driveUntil(client::isConnected);
        for (int i = 0; i < 100; i++) {
            client.send(bytes("payload " + i));
            world.step();
        }
        world.driveSeconds(1);
        server.receive(recorder);
        assertThat(recorder.events).hasSizeBetween(40, 100).doesNotHaveDuplicates();
        assertThat(transport.outboundStats().lost()).isPositive();
        assertThat(transport.inboundStats().lost()).isPositive();
    }

    @Test
    void aClientThatLeavesOverASlowLinkStillSaysGoodbye() {
        NetcodeServer server = startServer(LinkConditions.NONE, 1);
        LinkConditions slow = LinkConditions.NONE.latencyMillis(200);
        NetcodeClient client =
                client(
                        conditioned(world.network.bind(NetAddress.parse("10.0.0.2")), 2)
                                .conditions(slow)
                                .build());
        client.connect();
        world.driveUntil(client::isConnected);
        world.driveSeconds(0.5);
        client.close();
        world.clients.clear();
        world.step();
        server.receive(recorder);
        assertThat(recorder.events)
                .containsExactly("connect netcode:7", "disconnect netcode:7 ClientLeft");
    }

    @Test
    void aCutLinkTimesOutAndAJoinedOneConnectsAgain() {
        startServer(LinkConditions.NONE, 1);
        ConditionedTransport transport =
                conditioned(world.network.bind(NetAddress.parse("10.0.0.2")), 2).build();
        NetcodeClient client = client(transport);
        client.connect();
        world.driveUntil(client::isConnected);
        transport.conditions(LinkConditions.NONE.cut(true));
        world.driveSeconds(6);
        assertThat(Fixtures.reasonOf(client)).isInstanceOf(DisconnectReason.TimedOut.class);
        transport.conditions(LinkConditions.NONE);
        client.authentication(world.token(7));
        client.connect();
        world.driveUntil(client::isConnected);
    }
}
