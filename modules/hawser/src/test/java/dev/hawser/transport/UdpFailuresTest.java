package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.linux.Errno;
import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.BindException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.junit.jupiter.api.Test;

/// Failures of the system that a test cannot bring about: by the text that it gives them.
class UdpFailuresTest {
    @Test
    void whatTheSystemSaysWhenItCannotSendIsSorted() {
        assertThat(UdpSendFailures.classify(new ClosedChannelException()))
                .isEqualTo(SendFailure.CLOSED);
        assertThat(UdpSendFailures.classify(new UnsupportedAddressTypeException()))
                .isEqualTo(SendFailure.UNREACHABLE);
        assertThat(UdpSendFailures.classify(new NoRouteToHostException("No route to host")))
                .isEqualTo(SendFailure.UNREACHABLE);
        assertThat(UdpSendFailures.classify(new PortUnreachableException()))
                .isEqualTo(SendFailure.UNREACHABLE);
        assertThat(UdpSendFailures.classify(new IOException("Network is unreachable")))
                .isEqualTo(SendFailure.UNREACHABLE);
        for (String text :
                new String[] {
                    "Network is down", "Host is down", "Cannot assign requested address"
                }) {
            assertThat(UdpSendFailures.classify(new IOException(text)))
                    .as(text)
                    .isEqualTo(SendFailure.UNREACHABLE);
        }
        assertThat(UdpSendFailures.classify(new SocketException("Operation not permitted")))
                .isEqualTo(SendFailure.NOT_PERMITTED);
        assertThat(UdpSendFailures.classify(new IOException("Permission denied")))
                .isEqualTo(SendFailure.NOT_PERMITTED);
        assertThat(UdpSendFailures.classify(new IOException("Message too long")))
                .isEqualTo(SendFailure.TOO_LARGE);
        assertThat(UdpSendFailures.classify(new IOException("No buffer space available")))
                .isEqualTo(SendFailure.BUFFER_FULL);
        assertThat(UdpSendFailures.classify(new IOException("Invalid argument")))
                .isEqualTo(SendFailure.OTHER);
        assertThat(UdpSendFailures.classify(new IOException())).isEqualTo(SendFailure.OTHER);
    }

    private static String bindFailure(String address, String systemText) {
        BindException exception =
                UdpBindFailures.explain(NetAddress.parse(address), new SocketException(systemText));
        assertThat(exception).hasCauseInstanceOf(SocketException.class);
        return exception.getMessage();
    }

    @Test
    void aPrivilegedPortSaysSo() {
        assertThat(bindFailure("0.0.0.0:80", "Permission denied"))
                .contains("0.0.0.0:80", "below 1024", "choose a larger one");
        assertThat(bindFailure("0.0.0.0:8080", "Permission denied"))
                .contains("0.0.0.0:8080", "Permission denied");
    }

    @Test
    void aProcessThatHasTooManyFilesOpenSaysSo() {
        assertThat(bindFailure("0.0.0.0:7777", Errno.text(Errno.EMFILE)))
                .contains("0.0.0.0:7777", "Too many open files", "ulimit -n", "LimitNOFILE");
        assertThat(bindFailure("0.0.0.0:7777", Errno.text(Errno.ENFILE)))
                .contains("Too many open files in system");
    }

    @Test
    void everyErrorThatIsNamedHasItsWords() throws IllegalAccessException {
        for (Field field : Errno.class.getFields()) {
            assertThat(Errno.text(field.getInt(null)))
                    .as(field.getName())
                    .matches("[A-Z][a-z/]+( [a-z]+)+|Input/output error");
        }
        assertThat(Errno.text(4711)).isEqualTo("errno 4711");
    }

    @Test
    void whatTheSystemSaidIsThereForAPerson() {
        assertThat(UdpSendFailures.text(new UnsupportedAddressTypeException()))
                .isEqualTo("an IPv4 socket reaches no IPv6 address");
        assertThat(UdpSendFailures.text(new IOException("Network is unreachable")))
                .isEqualTo("Network is unreachable");
        assertThat(UdpSendFailures.text(new ClosedChannelException()))
                .isEqualTo("ClosedChannelException");
    }

    @Test
    void whatIsNotKnownIsPassedOnWithTheAddress() {
        assertThat(bindFailure("[::1]:7777", "Something new"))
                .contains("[::1]:7777", "Something new");
    }

    @Test
    void withoutIpv6TheRemedyIsAnIpv4Address() {
        assertThat(
                        UdpBindFailures.noIpv6(
                                NetAddress.parse("::"), new UnsupportedOperationException()))
                .hasMessageContaining("::")
                .hasMessageContaining("IPv6 is switched off")
                .hasMessageContaining("0.0.0.0");
    }
}
