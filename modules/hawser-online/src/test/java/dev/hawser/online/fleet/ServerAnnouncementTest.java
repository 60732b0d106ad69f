package dev.hawser.online.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.token.WebUrls;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ServerAnnouncementTest {
    private static final NetAddress ADDRESS = NetAddress.parse("192.0.2.1:40000");
    private static final List<KeyId> KEYS = List.of(new KeyId(1));
    private static final String HASH = "0aF9".repeat(16);

    @Test
    void whatIsAtTheLimitsIsTaken() {
        List<KeyId> fourKeys = LongStream.range(0, 4).mapToObj(KeyId::new).toList();
        ServerAnnouncement largest =
                valid().serverId("aZ09-_.".repeat(10).substring(0, 64))
                        .region("größe ".repeat(11).substring(0, 64))
                        .protocolId(-1)
                        .maxClients(65536)
                        .freeSlots(65536)
                        .keyIds(fourKeys)
                        .maxConnectTokenLifetimeSeconds(Integer.MAX_VALUE)
                        .webTransportCertificateHashes(Collections.nCopies(8, HASH))
                        .connectedSince(ids(65536))
                        .disconnectedSince(ids(65536))
                        .build();
        assertThat(largest.keyIds()).isEqualTo(fourKeys);
        assertThat(valid().freeSlots(0).build().freeSlots()).isZero();
    }

    @Test
    void whatIsLeftOutHasADefault() {
        ServerAnnouncement said = valid().maxClients(4).build();
        assertThat(said.internalAddress()).isEqualTo(ADDRESS);
        assertThat(said.region()).isEmpty();
        assertThat(said.freeSlots()).isEqualTo(4);
        assertThat(said.maxConnectTokenLifetimeSeconds()).isZero();
        assertThat(said.webTransportCertificateHashes()).isEmpty();
        assertThat(said.web()).isEqualTo(WebUrls.NONE);
        assertThat(said.connectedSince()).isEmpty();
        assertThat(said.disconnectedSince()).isEmpty();
        assertThat(said).hasToString("ServerAnnouncement[a at " + ADDRESS + ", 4 of 4 slots free]");
    }

    @Test
    void whatHasNoDefaultIsAskedForByItsName() {
        ServerAnnouncement.Builder nowhere = ServerAnnouncement.builder().protocolId(7);
        assertThatIllegalStateException()
                .isThrownBy(nowhere::build)
                .withMessageContaining("publicAddress(…)");
        ServerAnnouncement.Builder nothing = ServerAnnouncement.builder().publicAddress(ADDRESS);
        assertThatIllegalStateException()
                .isThrownBy(nothing::build)
                .withMessageContaining("protocolId(…)");
    }

    @Test
    void whatIsBeyondThemIsRefusedByItsName() {
        String longest = "a".repeat(65);
        assertRefused("serverId has 0", it -> it.serverId(""));
        assertRefused("serverId has 65", it -> it.serverId(longest));
        assertRefused("serverId has 3 ", it -> it.serverId("a b"));
        assertRefused("serverId has 2 ", it -> it.serverId("a\n"));
        assertRefused("serverId has 1 ", it -> it.serverId("é"));
        assertRefused("region has 65", it -> it.region(longest));
        assertRefused("region has 2 ", it -> it.region("e\n"));
        assertRefused("maxClients is 0, but must be from 1 to 65536", it -> it.maxClients(0));
        assertRefused("maxClients is 65537", it -> it.maxClients(65537));
        assertRefused(
                "freeSlots is 5, but must be from 0 to 4", it -> it.maxClients(4).freeSlots(5));
        assertRefused("freeSlots is -1", it -> it.freeSlots(-1));
        assertRefused(
                "the number of keyIds is 0, but must be from 1 to 4", it -> it.keyIds(List.of()));
        assertRefused(
                "the number of keyIds is 5",
                it -> it.keyIds(LongStream.range(0, 5).mapToObj(KeyId::new).toList()));
        assertRefused(
                "keyIds are [0000000000000007, 0000000000000007]",
                it -> it.keyIds(Collections.nCopies(2, new KeyId(7))));
        assertRefused(
                "maxConnectTokenLifetimeSeconds is -1",
                it -> it.maxConnectTokenLifetimeSeconds(-1));
        assertRefused(
                "the number of webTransportCertificateHashes is 9",
                it -> it.webTransportCertificateHashes(Collections.nCopies(9, HASH)));
        assertRefused(
                "webTransportCertificateHashes has one of 63",
                it -> it.webTransportCertificateHashes(List.of(HASH.substring(1))));
        assertRefused(
                "webTransportCertificateHashes has one of 64",
                it -> it.webTransportCertificateHashes(List.of(HASH.substring(1) + "g")));
        assertRefused("the number of connectedSince is 65537", it -> it.connectedSince(ids(65537)));
        assertRefused(
                "the number of disconnectedSince is 65537", it -> it.disconnectedSince(ids(65537)));
    }

    private static void assertRefused(
            String message, UnaryOperator<ServerAnnouncement.Builder> mistake) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mistake.apply(valid()).build())
                .withMessageStartingWith(message);
    }

    private static ServerAnnouncement.Builder valid() {
        return ServerAnnouncement.builder()
                .serverId("a")
                .publicAddress(ADDRESS)
                .protocolId(7)
                .maxClients(1)
                .keyIds(KEYS);
    }

    @Test
    void allInterfacesOfAMachineAreNoAddressOfAServer() {
        for (String text : new String[] {"0.0.0.0:1", "[::]:1"}) {
            NetAddress all = NetAddress.parse(text);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ServerAnnouncer.builder().publicAddress(all))
                    .withMessageStartingWith("publicAddress is " + text + ", all interfaces");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ServerAnnouncer.builder().internalAddress(all))
                    .withMessageStartingWith("internalAddress is " + text + ", all interfaces");
        }
    }

    @Test
    void aServerWithoutAPortCannotBeDialled() {
        for (String text : new String[] {"203.0.113.5", "[2001:db8::5]:0"}) {
            NetAddress none = NetAddress.parse(text);
            String problem =
                    " is "
                            + none
                            + " with port 0, which nobody can dial, but its port must be from 1 to"
                            + " 65535: the one that the server has once it is bound";
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ServerAnnouncer.builder().publicAddress(none))
                    .withMessage("publicAddress" + problem);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ServerAnnouncer.builder().internalAddress(none))
                    .withMessage("internalAddress" + problem);
        }
    }

    private static Set<Long> ids(int count) {
        return LongStream.range(0, count).boxed().collect(Collectors.toSet());
    }
}
