package dev.hawser.online.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.token.WebUrls;
import java.util.Collections;
import java.util.List;
import java.util.Set;
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
                new ServerAnnouncement(
                        "aZ09-_.".repeat(10).substring(0, 64),
                        ADDRESS,
                        ADDRESS,
                        "größe ".repeat(11).substring(0, 64),
                        -1,
                        65536,
                        65536,
                        fourKeys,
                        Integer.MAX_VALUE,
                        Collections.nCopies(8, HASH),
                        WebUrls.NONE,
                        ids(65536));
        assertThat(largest.keyIds()).isEqualTo(fourKeys);
        assertThat(named("a", "", 1, 0, KEYS, 0, List.of(), Set.of()).freeSlots()).isZero();
    }

    @Test
    void whatIsBeyondThemIsRefusedByItsName() {
        String longest = "a".repeat(65);
        assertRefused("serverId has 0", "", "", 1, 0, KEYS, 0, List.of(), Set.of());
        assertRefused("serverId has 65", longest, "", 1, 0, KEYS, 0, List.of(), Set.of());
        assertRefused("serverId has 3 ", "a b", "", 1, 0, KEYS, 0, List.of(), Set.of());
        assertRefused("serverId has 2 ", "a\n", "", 1, 0, KEYS, 0, List.of(), Set.of());
        assertRefused("serverId has 1 ", "é", "", 1, 0, KEYS, 0, List.of(), Set.of());
        assertRefused("region has 65", "a", longest, 1, 0, KEYS, 0, List.of(), Set.of());
        assertRefused("region has 2 ", "a", "e\n", 1, 0, KEYS, 0, List.of(), Set.of());
        assertRefused(
                "maxClients is 0, but must be from 1 to 65536",
                "a",
                "",
                0,
                0,
                KEYS,
                0,
                List.of(),
                Set.of());
        assertRefused("maxClients is 65537", "a", "", 65537, 0, KEYS, 0, List.of(), Set.of());
        assertRefused(
                "freeSlots is 5, but must be from 0 to 4",
                "a",
                "",
                4,
                5,
                KEYS,
                0,
                List.of(),
                Set.of());
        assertRefused("freeSlots is -1", "a", "", 4, -1, KEYS, 0, List.of(), Set.of());
        assertRefused(
                "the number of keyIds is 0, but must be from 1 to 4",
                "a",
                "",
                1,
                0,
                List.of(),
                0,
                List.of(),
                Set.of());
        assertRefused(
                "the number of keyIds is 5",
                "a",
                "",
                1,
                0,
                LongStream.range(0, 5).mapToObj(KeyId::new).toList(),
                0,
                List.of(),
                Set.of());
        assertRefused(
                "keyIds are [0000000000000007, 0000000000000007]",
                "a",
                "",
                1,
                0,
                Collections.nCopies(2, new KeyId(7)),
                0,
                List.of(),
                Set.of());
        assertRefused(
                "maxConnectTokenLifetimeSeconds is -1",
                "a",
                "",
                1,
                0,
                KEYS,
                -1,
                List.of(),
                Set.of());
        assertRefused(
                "the number of webTransportCertificateHashes is 9",
                "a",
                "",
                1,
                0,
                KEYS,
                0,
                Collections.nCopies(9, HASH),
                Set.of());
        assertRefused(
                "webTransportCertificateHashes has one of 63",
                "a",
                "",
                1,
                0,
                KEYS,
                0,
                List.of(HASH.substring(1)),
                Set.of());
        assertRefused(
                "webTransportCertificateHashes has one of 64",
                "a",
                "",
                1,
                0,
                KEYS,
                0,
                List.of(HASH.substring(1) + "g"),
                Set.of());
        assertRefused(
                "the number of connectedSince is 65537",
                "a",
                "",
                1,
                0,
                KEYS,
                0,
                List.of(),
                ids(65537));
    }

    private static void assertRefused(
            String message,
            String id,
            String region,
            int maxClients,
            int freeSlots,
            List<KeyId> keys,
            int lifetimeSeconds,
            List<String> hashes,
            Set<Long> connected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        named(
                                id,
                                region,
                                maxClients,
                                freeSlots,
                                keys,
                                lifetimeSeconds,
                                hashes,
                                connected))
                .withMessageStartingWith(message);
    }

    private static ServerAnnouncement named(
            String id,
            String region,
            int maxClients,
            int freeSlots,
            List<KeyId> keys,
            int lifetimeSeconds,
            List<String> hashes,
            Set<Long> connected) {
        return new ServerAnnouncement(
                id,
                ADDRESS,
                ADDRESS,
                region,
                7,
                maxClients,
                freeSlots,
                keys,
                lifetimeSeconds,
                hashes,
                WebUrls.NONE,
                connected);
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
