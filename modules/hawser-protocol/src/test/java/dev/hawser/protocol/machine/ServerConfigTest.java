package dev.hawser.protocol.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.SameClient;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerConfigTest {
    private static ServerConfig.Builder config() {
        return ServerConfig.builder(
                1, PrivateKey.ofBytes(new byte[32]), List.of(NetAddress.parse("127.0.0.1:1")));
    }

    private static void assertRefused(Consumer<ServerConfig.Builder> setting, String value) {
        assertThatThrownBy(() -> setting.accept(config()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:7777", "[::]:7777"})
    void allInterfacesAreNoIdentity(String address) {
        assertThatThrownBy(() ->
                        ServerConfig.builder(
                                        1,
                                        PrivateKey.ofBytes(new byte[32]),
                                        List.of(
                                                NetAddress.parse("127.0.0.1:1"),
                                                NetAddress.parse(address)))
                                .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the identity " + address + " is all interfaces")
                .hasMessageContaining("203.0.113.5:7777");
    }

    @Test
    void anAddressWithoutAPortIsNoIdentity() {
        assertThatThrownBy(() ->
                        ServerConfig.builder(
                                        1,
                                        PrivateKey.ofBytes(new byte[32]),
                                        List.of(NetAddress.parse("203.0.113.5")))
                                .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the identity 203.0.113.5 has port 0, which no connect token names, but"
                                + " must have one from 1 to 65535: set the port that the server is"
                                + " bound to");
    }

    @Test
    void theDefaultsAreTheSpecifications() {
        ServerConfig config = config().build();

        assertThat(config.maxClients()).isEqualTo(256);
        assertThat(config.maxConnectTokenLifetimeSeconds()).isEqualTo(30);
        assertThat(config.pendingPerAddressMax()).isEqualTo(4);
        assertThat(config.pendingPerNetworkMax()).isEqualTo(64);
        assertThat(config.pendingMax()).isEqualTo(4 * 256);
        assertThat(config.tokenHistoryMax()).isEqualTo(65_536);
        assertThat(config.sameClient()).isEqualTo(SameClient.REFUSE);
        assertThat(config.asksAdmission()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1, 65536", "4096, 65536", "4097, 65552", "65536, 1048576"})
    void theHistoryHoldsTheLargerOf65536And16ForEachSlot(int slots, int tokens) {
        assertThat(config().maxClients(slots).build().tokenHistoryMax()).isEqualTo(tokens);
    }

    @Test
    void pendingConnectionsAreFourForEachSlot() {
        assertThat(config().maxClients(1).build().pendingMax()).isEqualTo(4);
        assertThat(config().maxClients(65_536).build().pendingMax()).isEqualTo(262_144);
    }

    @Test
    void aServerHas1To65536Slots() {
        assertThat(config().maxClients(1).build().maxClients()).isEqualTo(1);
        assertThat(config().maxClients(65_536).build().maxClients()).isEqualTo(65_536);
        assertRefused(config -> config.maxClients(0), "0");
        assertRefused(config -> config.maxClients(65_537), "65537");
        assertRefused(config -> config.maxClients(-1), "-1");
    }

    @Test
    void otherSettingsHaveLimitsToo() {
        assertRefused(config -> config.maxConnectTokenLifetimeSeconds(-1), "-1");
        assertRefused(config -> config.tokenHistoryMax(0), "0");
        assertRefused(config -> config.pendingLimits(0, 64, 64), "0");
        assertRefused(config -> config.pendingLimits(4, 0, 64), "0");
        assertRefused(config -> config.pendingLimits(4, 64, 0), "0");
    }

    @Test
    void aServerKnowsItselfByAtLeastOneAddress() {
        PrivateKey key = PrivateKey.ofBytes(new byte[32]);

        assertThatThrownBy(() -> ServerConfig.builder(1, key, List.of()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("identity");
    }
}
