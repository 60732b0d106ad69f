package dev.hawser.web.webtransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.web.Web;
import dev.hawser.web.WebServerOptions;
import dev.hawser.web.session.Addresses;
import dev.hawser.web.session.SessionClient;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server of WebTransport that is bound to all addresses of a machine that has several.
class LocalSocketsTest {
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void assumeLinux() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "sockets share a port on Linux");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private static InetAddress ip(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static List<InetAddress> ips(String... texts) {
        return List.of(texts).stream().map(LocalSocketsTest::ip).toList();
    }

    /// {@return a server of a machine with these addresses, open}
    private WebTransportServerTransport server(NetAddress bind, List<InetAddress> addresses)
            throws IOException {
        var server =
                (WebTransportServerTransport)
                        Web.WEB_TRANSPORT.server(bind, WebServerOptions.DEFAULT);
        server.localAddresses = _ -> addresses;
        opened.add(server);
        server.open();
        return server;
    }

    /// Sends a packet from a client to a server at this address, and the server's answer back.
    private void echo(WebTransportServerTransport server, String dialled) throws IOException {
        NetAddress address = NetAddress.parse(dialled).withPort(server.localAddress().port());
        SessionClient client = Web.WEB_TRANSPORT.client(Web.WEB_TRANSPORT.url(address, "/hawser"));
        opened.add(client);
        client.open();
        PeerAddress to = PeerAddress.of(address);
        List<Integer> answers = new ArrayList<>();
        Web.until(
                () -> {
                    client.send(to, ByteBuffer.allocate(9));
                    client.flush();
                    server.receive(server::send, 10);
                    server.flush();
                    client.receive((_, answer) -> answers.add(answer.remaining()), 10);
                    return !answers.isEmpty();
                },
                "an answer from " + address);
        assertThat(answers.getFirst()).isEqualTo(9);
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void clientsAreAnsweredFromTheAddressThatTheyDialled(String wildcard) throws IOException {
        WebTransportServerTransport server =
                server(NetAddress.parse(wildcard), ips("127.0.0.1", "127.0.0.2", "127.0.0.3"));
        for (String dialled : List.of("127.0.0.3", "127.0.0.2", "127.0.0.1")) {
            echo(server, dialled);
        }
        assertThat(server.localAddress().isUnspecified()).as("it is one transport").isTrue();
        assertThat(server.webStats().sessionsOpened()).isEqualTo(3);
    }

    @Test
    void thePortIsTakenForEverybodyElse() throws IOException {
        WebTransportServerTransport server =
                server(NetAddress.parse("0.0.0.0"), ips("127.0.0.2", "127.0.0.3"));
        for (String text : List.of("0.0.0.0", "127.0.0.1", "127.0.0.2", "127.0.0.3")) {
            NetAddress taken = NetAddress.parse(text).withPort(server.localAddress().port());
            assertThatThrownBy(() -> server(taken, ips("127.0.0.2")))
                    .as(text)
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("in use");
            assertThatThrownBy(() -> bindSharing(taken)).as(text).isInstanceOf(BindException.class);
        }
    }

    /// As a program does that wants to share, or to take away.
    private static void bindSharing(NetAddress address) throws IOException {
        try (var socket = new DatagramSocket(null)) {
            socket.setReuseAddress(true);
            socket.bind(Addresses.toSocketAddress(address));
        }
    }

    @Test
    void whatIsClosedGivesAllSocketsBack() throws IOException {
        WebTransportServerTransport server =
                server(NetAddress.parse("0.0.0.0"), ips("127.0.0.2", "127.0.0.3"));
        NetAddress bound = server.localAddress();
        server.close();
        WebTransportServerTransport next = server(bound, ips("127.0.0.2", "127.0.0.3"));
        assertThat(next.localAddress()).isEqualTo(bound);
        echo(next, "127.0.0.3");
    }

    @Test
    void anAddressThatCannotBeBoundLeavesTheOthersAlone() throws IOException {
        // TEST-NET-1: no machine has it.
        WebTransportServerTransport server =
                server(NetAddress.parse("0.0.0.0"), ips("192.0.2.1", "127.0.0.2"));
        echo(server, "127.0.0.2");
    }

    @Test
    void ofVeryManyAddressesTheFirstHaveSockets() throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        for (int i = 1; i <= LocalSockets.SOCKETS_MAX + 1; i++) {
            addresses.add(ip("127.0.1." + i));
        }
        WebTransportServerTransport server = server(NetAddress.parse("0.0.0.0"), addresses);
        echo(server, "127.0.1." + LocalSockets.SOCKETS_MAX);
        assertThat(server.sockets).hasSize(1 + LocalSockets.SOCKETS_MAX);
    }

    @Test
    void aServerWithOneAddressHasOneSocket() throws IOException {
        WebTransportServerTransport server =
                server(NetAddress.parse("127.0.0.2"), ips("127.0.0.3"));
        echo(server, "127.0.0.2");
        // Nobody has taken it there.
        server(NetAddress.parse("127.0.0.3").withPort(server.localAddress().port()), List.of());
    }

    @Test
    void aWildcardStandsForTheAddressesOfItsFamily() {
        assertThat(LocalSockets.of(ip("0.0.0.0")))
                .contains(ip("127.0.0.1"))
                .allSatisfy(address -> assertThat(address.getAddress()).hasSize(4));
        assertThat(LocalSockets.of(ip("::")))
                .contains(ip("127.0.0.1"))
                .doesNotHaveDuplicates()
                .noneMatch(address ->
                        address.getAddress().length == 16 && address.isLinkLocalAddress());
    }
}
