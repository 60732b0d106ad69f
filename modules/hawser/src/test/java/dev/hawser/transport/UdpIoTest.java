package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which way UDP goes, and who says so.
class UdpIoTest {
    private final String given = System.getProperty(UdpIo.PROPERTY);
    private final String os = System.getProperty("os.name");
    private final String arch = System.getProperty("os.arch");

    @BeforeEach
    void forgetTheProperty() {
        System.clearProperty(UdpIo.PROPERTY);
    }

    @AfterEach
    void restoreProperties() {
        System.setProperty("os.name", os);
        System.setProperty("os.arch", arch);
        if (given == null) {
            System.clearProperty(UdpIo.PROPERTY);
        } else {
            System.setProperty(UdpIo.PROPERTY, given);
        }
    }

    @Test
    void batchesAreTheChoiceWhereNothingIsInTheWay() throws IOException {
        Mmsg.assume();
        assertThat(UdpIo.choose(null)).isEqualTo(UdpIo.MMSG);
    }

    @Test
    void anotherSystemIsAnObstacleWithAName() throws IOException {
        System.setProperty("os.name", "Mac OS X");
        assertThat(UdpIo.MMSG.obstacle()).contains("Mac OS X");
        assertThat(UdpIo.choose(null)).isEqualTo(UdpIo.NIO);
        assertThatThrownBy(() -> UdpIo.choose(UdpIo.MMSG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("UdpTransport.Builder.io")
                .hasMessageContaining("Mac OS X")
                .hasMessageContaining("ask for nio");
    }

    @Test
    void anotherProcessorIsAnObstacleWithAName() throws IOException {
        System.setProperty("os.name", "Linux");
        System.setProperty("os.arch", "s390x");
        assertThat(UdpIo.MMSG.obstacle()).contains("s390x");
        assertThat(UdpIo.choose(null)).isEqualTo(UdpIo.NIO);
    }

    @Test
    void nothingIsInTheWayOfNio() {
        assertThat(UdpIo.NIO.obstacle()).isEmpty();
    }

    @Test
    void thePropertyDecidesForThoseThatWereNotTold() throws IOException {
        System.setProperty(UdpIo.PROPERTY, "nio");
        assertThat(UdpIo.choose(null)).isEqualTo(UdpIo.NIO);
        Mmsg.assume();
        assertThat(UdpIo.choose(UdpIo.MMSG)).isEqualTo(UdpIo.MMSG);
        System.setProperty(UdpIo.PROPERTY, "mmsg");
        assertThat(UdpIo.choose(null)).isEqualTo(UdpIo.MMSG);
    }

    @Test
    void aPropertyThatIsNoSuchThingIsNamedWithWhatIs() {
        System.setProperty(UdpIo.PROPERTY, "io_uring");
        assertThatThrownBy(() -> UdpTransport.anyPort().open())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("hawser.udp is 'io_uring'")
                .hasMessageContaining("mmsg or nio");
    }
}
