package dev.hawser.web.webtransport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.web.WebDrop;
import dev.hawser.web.session.WebCounters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What waits for a socket that takes nothing.
class SocketLimitTest {
    @Test
    void ofWhatWaitsForASocketStrangersHaveLittleAndNobodyMoreThanSoMuch() {
        var counters = new WebCounters();
        var socket = new EmbeddedChannel(new SocketLimit(counters));
        byte[] ofSession = {0x40, 0, 0, 0, 0};
        byte[] ofHandshake = {(byte) 0xe0, 0, 0, 0, 1};
        byte[] retry = {(byte) 0xf0, 0, 0, 0, 1};
        byte[] versions = {(byte) 0x80, 0, 0, 0, 0};

        assertThat(writeAll(socket, counters, retry))
                .isBetween(
                        SocketLimit.FOR_STRANGERS_BYTES_MAX,
                        SocketLimit.FOR_STRANGERS_BYTES_MAX + 2000);
        int forStrangers = writeAll(socket, counters, versions);
        assertThat(forStrangers).isLessThan(SocketLimit.FOR_STRANGERS_BYTES_MAX + 2000);
        assertThat(writeAll(socket, counters, ofHandshake))
                .isBetween(SocketLimit.BYTES_MAX, SocketLimit.BYTES_MAX + 2000);
        assertThat(writeAll(socket, counters, ofSession)).isLessThan(SocketLimit.BYTES_MAX + 2000);
        assertThat(counters.webStats(0, 0, 0).drops())
                .containsExactly(Map.entry(WebDrop.SOCKET_FULL, 4L));
        socket.finishAndReleaseAll();
    }

    /// Writes packets that begin like this, until one is dropped.
    ///
    /// @return how many bytes wait then
    private static int writeAll(EmbeddedChannel socket, WebCounters counters, byte[] head) {
        long before = counters.webStats(0, 0, 0).packetsDropped();
        for (int i = 0; counters.webStats(0, 0, 0).packetsDropped() == before; i++) {
            assertThat(i).as("packets of 1000 bytes").isLessThan(2000);
            ByteBuf content = Unpooled.buffer(1000).writeBytes(head).writeZero(1000 - head.length);
            socket.write(
                    new io.netty.channel.socket.DatagramPacket(
                            content, new InetSocketAddress("203.0.113.5", 4000)));
        }
        return (int) socket.unsafe().outboundBuffer().totalPendingWriteBytes();
    }
}
