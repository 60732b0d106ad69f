package dev.hawser.web.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.web.SessionCut;
import dev.hawser.web.session.WebCounters;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What waits for a peer that does not read.
class UnreadLimitTest {
    @Test
    void whatIsWrittenRegardlessEndsAConnectionThatDoesNotRead() {
        var counters = new WebCounters();
        var channel = new EmbeddedChannel(new UnreadLimit(counters, 1000));
        channel.write(Unpooled.wrappedBuffer(new byte[900]));
        assertThat(channel.isOpen()).isTrue();
        channel.write(Unpooled.wrappedBuffer(new byte[900]));
        assertThat(channel.isOpen()).isFalse();
        assertThat(counters.webStats(0, 0, 0).cuts())
                .containsExactly(Map.entry(SessionCut.NOT_READING, 1L));
    }
}
