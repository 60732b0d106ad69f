package dev.hawser.backend.minting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Two servers under one id are told apart from one that starts again.
class ServerIdsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final NetAddress ONE = NetAddress.parse("203.0.113.1:40000");
    private static final NetAddress TWO = NetAddress.parse("203.0.113.2:40000");
    private static final NetAddress THREE = NetAddress.parse("203.0.113.3:40000");

    private long nowNanos;
    private final ServerIds ids = new ServerIds(Duration.ofSeconds(15), () -> nowNanos);

    /// {@return who has the id, where it is another one}
    private Optional<NetAddress> announce(String startId, NetAddress address) {
        nowNanos += SECOND;
        return ids.announce(
                ServerAnnouncement.builder()
                        .serverId("one")
                        .publicAddress(address)
                        .protocolId(1)
                        .maxClients(4)
                        .keyIds(List.of(KeyId.parse("0011223344556677")))
                        .build(),
                startId);
    }

    @Test
    void aServerThatStartsAgainIsWelcomeAtOnceAsOftenAsItLikes() {
        for (int start = 0; start < 50; start++) {
            assertThat(announce("start-" + start, start % 2 == 0 ? ONE : TWO)).isEmpty();
            assertThat(announce("start-" + start, start % 2 == 0 ? ONE : TWO)).isEmpty();
        }
    }

    @Test
    void ofTwoTheFirstGoesOnAndTheSecondIsRefusedAsLongAsTheFirstIsThere() {
        assertThat(announce("a", ONE)).isEmpty();
        assertThat(announce("b", TWO)).isEmpty();
        assertThat(announce("a", ONE)).isEmpty();
        for (int i = 0; i < 20; i++) {
            assertThat(announce("b", TWO)).contains(ONE);
            assertThat(announce("a", ONE)).isEmpty();
        }
        nowNanos += 14 * SECOND;
        assertThat(announce("b", TWO)).isEmpty();
        assertThat(announce("b", TWO)).isEmpty();
    }

    /// The first one crashes and comes back: nobody refuses it, and the second one stays refused.
    @Test
    void theFirstOneMayStartAgainToo() {
        announce("a", ONE);
        announce("b", TWO);
        announce("a", ONE);
        assertThat(announce("a2", ONE)).isEmpty();
        assertThat(announce("b", TWO)).contains(ONE);
        assertThat(announce("a2", ONE)).isEmpty();
    }

    @Test
    void ofThreeTwoAreRefused() {
        announce("a", ONE);
        announce("b", TWO);
        announce("c", THREE);
        assertThat(announce("a", ONE)).isEmpty();
        assertThat(announce("b", TWO)).contains(ONE);
        assertThat(announce("c", THREE)).contains(ONE);
        assertThat(announce("a", ONE)).isEmpty();
    }

    @Test
    void whoSaysNoStartIsToldByItsAddresses() {
        announce("", ONE);
        announce("", TWO);
        assertThat(announce("", ONE)).isEmpty();
        assertThat(announce("", TWO)).contains(ONE);
    }

    @Test
    void whoWithdrawsLeavesTheId() {
        announce("a", ONE);
        announce("b", TWO);
        announce("a", ONE);
        ids.withdraw("one");
        assertThat(announce("b", TWO)).isEmpty();
    }

    @Test
    void startsWithoutEndAreForgotten() {
        announce("a", ONE);
        for (int start = 0; start < 10_000; start++) {
            nowNanos -= SECOND;
            assertThat(announce("start-" + start, TWO)).isEmpty();
        }
        // "a" is one of too many to be remembered: it counts as a new start.
        assertThat(announce("a", ONE)).isEmpty();
        assertThat(announce("start-9999", TWO)).isEmpty();
    }
}
