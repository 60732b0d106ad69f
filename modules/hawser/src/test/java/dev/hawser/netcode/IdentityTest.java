package dev.hawser.netcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.Authentication;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The addresses by which a server knows itself, apart from the one it is bound to.
class IdentityTest {
    private final Fixtures world = new Fixtures();

    /// {@return by which addresses a server that is bound here knows itself}
    private List<NetAddress> identityAt(String bound, String... identity) {
        var draft = new NetcodeServerSettings.Draft();
        draft.transport = world.network.bind(Fixtures.SERVER_ADDRESS);
        draft.protocolId = 1L;
        draft.keyRing = KeyRing.of(world.privateKey);
        draft.setIdentity(Arrays.stream(identity).map(NetAddress::parse).toList());
        return draft.toSettings().identityAt(NetAddress.parse(bound));
    }

    @Test
    void theIdentityIsTheBoundAddressUnlessToldOtherwise() {
        assertThat(identityAt("10.0.0.1:5")).containsExactly(NetAddress.parse("10.0.0.1:5"));
        assertThat(identityAt("[::1]:5")).containsExactly(NetAddress.parse("[::1]:5"));
        assertThat(identityAt("10.0.0.1:5", "203.0.113.5:80", "[2001:db8::1]:80"))
                .containsExactly(
                        NetAddress.parse("203.0.113.5:80"), NetAddress.parse("[2001:db8::1]:80"));
    }

    @Test
    void anIdentityWithoutPortTakesTheBoundOne() {
        assertThat(identityAt("[::]:4242", "127.0.0.1", "::1", "10.1.1.1:7"))
                .containsExactly(
                        NetAddress.parse("127.0.0.1:4242"),
                        NetAddress.parse("[::1]:4242"),
                        NetAddress.parse("10.1.1.1:7"));
    }

    @Test
    void allInterfacesWithoutIdentityIsRefusedWithTheRemedy() throws IOException {
        for (String wildcard : new String[] {"0.0.0.0:7777", "[::]:7777"}) {
            assertThatThrownBy(() -> identityAt(wildcard))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(wildcard)
                    .hasMessageContaining("identity(…)")
                    .hasMessageContaining("203.0.113.5:7777");
        }
        try (Transport transport = UdpTransport.bind(NetAddress.parse("0.0.0.0"))) {
            NetcodeServer server = world.serverBuilder().transport(transport).build();
            assertThatThrownBy(server::start).isInstanceOf(IllegalStateException.class);
            assertThat(server.isRunning()).isFalse();
            assertThat(transport.isOpen()).isFalse();
        }
    }

    @Test
    void allInterfacesAsIdentityAreRefusedToo() {
        for (String wildcard : new String[] {"0.0.0.0:7777", "[::]:7777", "0.0.0.0"}) {
            assertThatThrownBy(() -> world.serverBuilder().identity(NetAddress.parse(wildcard)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the identity " + wildcard + " is all interfaces")
                    .hasMessageContaining("203.0.113.5:");
        }
    }

    @Test
    void behindANatTheClientDialsThePublicAddressAndTheTokenNamesTheInternalOne() {
        NetAddress internal = NetAddress.parse("192.168.1.5:7777");
        world.start(world.serverBuilder().identity(internal));
        NetcodeClient client =
                world.client(
                        new Authentication.Token(
                                world.mint(
                                        TokenRequest.builder(1)
                                                .server(Fixtures.SERVER_ADDRESS, internal)
                                                .build())));
        client.connect();
        world.driveUntil(client::isConnected);
        assertThat(client.serverAddress()).contains(Fixtures.SERVER_ADDRESS);
    }

    @Test
    void aTokenMayNameAnyOfSeveralIdentities() {
        NetAddress second = NetAddress.parse("[2001:db8::7]:7777");
        world.start(world.serverBuilder().identity(NetAddress.parse("192.168.1.5:7777"), second));
        NetcodeClient client =
                world.client(
                        new Authentication.Token(
                                world.mint(
                                        TokenRequest.builder(1)
                                                .server(Fixtures.SERVER_ADDRESS, second)
                                                .build())));
        client.connect();
        world.driveUntil(client::isConnected);
    }
}
