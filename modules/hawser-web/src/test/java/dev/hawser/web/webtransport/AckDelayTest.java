package dev.hawser.web.webtransport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.web.Web;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.session.SessionClient;
import dev.hawser.web.session.SessionServer;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.quic.QuicConnectionStats;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When acknowledgements leave.
class AckDelayTest {
    private static final int ROUNDS = 50;
    private static final int OF_HANDSHAKE = 0xc0;
    private static final int OF_SESSION = 0x40;
    private static final InetSocketAddress ANYBODY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private final AckDelay delay = new AckDelay();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private int released;

    @BeforeEach
    void begin() {
        channel.freezeTime();
        channel.pipeline()
                .addLast(
                        delay,
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelReadComplete(ChannelHandlerContext ctx) {
                                released++;
                            }
                        });
    }

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
    }

    private void arrives(int firstByte) {
        channel.pipeline()
                .fireChannelRead(
                        new DatagramPacket(
                                Unpooled.wrappedBuffer(new byte[] {(byte) firstByte, 0}), ANYBODY));
    }

    private void receive(int firstByte) {
        arrives(firstByte);
        channel.pipeline().fireChannelReadComplete();
    }

    private void pass(long nanos) {
        channel.advanceTimeBy(nanos, TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void aPacketReachesItsSessionAtOnce() {
        arrives(OF_SESSION);

        DatagramPacket packet = channel.readInbound();
        assertThat(packet).isNotNull();
        packet.release();
    }

    @Test
    void acknowledgementsWaitForTheTimeOfOneTick() {
        receive(OF_SESSION);
        pass(AckDelay.NANOS_MAX - 1);
        assertThat(released).isZero();

        pass(1);
        assertThat(released).isEqualTo(1);

        pass(10 * AckDelay.NANOS_MAX);
        assertThat(released).isEqualTo(1);
    }

    @Test
    void theTimeBeginsWithTheFirstPacketThatWaits() {
        receive(OF_SESSION);
        pass(AckDelay.NANOS_MAX / 2);
        receive(OF_SESSION);
        pass(AckDelay.NANOS_MAX / 2);

        assertThat(released).isEqualTo(1);
    }

    @Test
    void theyLeaveWithWhatTheGameSends() {
        receive(OF_SESSION);
        delay.letGo();
        assertThat(released).isEqualTo(1);

        pass(AckDelay.NANOS_MAX);
        assertThat(released).isEqualTo(1);
    }

    @Test
    void withoutAnyNothingLeaves() {
        delay.letGo();
        delay.letGoSoon();
        channel.runPendingTasks();

        assertThat(released).isZero();
    }

    @Test
    void aHandshakeDoesNotWaitNorDoesWhatWaitedBefore() {
        receive(OF_SESSION);
        receive(OF_HANDSHAKE);
        assertThat(released).isEqualTo(1);

        pass(AckDelay.NANOS_MAX);
        assertThat(released).isEqualTo(1);

        receive(OF_SESSION);
        assertThat(released).isEqualTo(1);
    }

    @Test
    void whatIsWrittenBetweenTicksTakesThemAlongWhenTheTurnIsOver() {
        receive(OF_SESSION);
        delay.letGoSoon();
        assertThat(released).isZero();

        channel.runPendingTasks();
        assertThat(released).isEqualTo(1);
    }

    @Test
    void whatIsWrittenWhileAPacketIsReadLeavesWhenReadingIsComplete() {
        arrives(OF_SESSION);
        delay.letGoSoon();
        channel.pipeline().fireChannelReadComplete();

        assertThat(released).isEqualTo(1);
    }

    @Test
    void nothingIsDueWhenTheChannelIsClosed() {
        receive(OF_SESSION);
        channel.close();
        pass(AckDelay.NANOS_MAX);

        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    /// The whole of it: both ends send one packet for each packet of the game. Where the machine
    /// has other work an acknowledgement is due before the next packet is there, and leaves alone;
    /// so some rounds have to be found that go as they should. Without the delay there are none.
    @Test
    void aGameThatEchoesSendsHardlyMoreThanItsOwnPackets() throws Exception {
        PeerAddress named = PeerAddress.of(NetAddress.parse("203.0.113.5:7777"));
        SessionServer server = Web.WEB_TRANSPORT.server(WebServerOptions.DEFAULT);
        server.open();
        var client =
                (WebTransportClientTransport)
                        Web.WEB_TRANSPORT.client(Web.WEB_TRANSPORT.url(server));
        client.open();
        try {
            Web.untilOpen(client, named);
            Web.until(
                    () -> {
                        QuicConnectionStats before = stats(client);
                        for (int i = 0; i < ROUNDS; i++) {
                            playRound(client, named, server);
                        }
                        QuicConnectionStats after = stats(client);
                        return after.sent() - before.sent() <= ROUNDS * 5 / 4
                                && after.recv() - before.recv() <= ROUNDS * 5 / 4;
                    },
                    ROUNDS + " rounds with hardly a packet more");
        } finally {
            client.close();
            server.close();
        }
    }

    private static void playRound(SessionClient client, PeerAddress named, SessionServer server) {
        client.send(named, ByteBuffer.allocate(300));
        client.flush();
        Web.until(
                () -> {
                    server.await(AckDelay.NANOS_MAX);
                    int echoed = server.receive(server::send, 10);
                    server.flush();
                    return echoed > 0;
                },
                "a packet at the server");
        Web.until(
                () -> {
                    client.await(AckDelay.NANOS_MAX);
                    return client.receive((_, _) -> {}, 10) > 0;
                },
                "a packet at the client");
    }

    private static QuicConnectionStats stats(WebTransportClientTransport client) {
        var session = (WebTransportClientSession) client.session();
        return session.connection().channel().collectStats().syncUninterruptibly().getNow();
    }
}
