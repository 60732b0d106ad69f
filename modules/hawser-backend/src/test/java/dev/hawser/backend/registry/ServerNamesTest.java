package dev.hawser.backend.registry;

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
class ServerNamesTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final NetAddress ONE = NetAddress.parse("203.0.113.1:40000");
    private static final NetAddress TWO = NetAddress.parse("203.0.113.2:40000");
    private static final NetAddress THREE = NetAddress.parse("203.0.113.3:40000");

    private long nowNanos;
    private final InMemoryServerRegistry registry =
            InMemoryServerRegistry.builder()
                    .serverTimeout(Duration.ofSeconds(15))
                    .monotonicClock(() -> nowNanos)
                    .build();

    /// {@return who has the id, where it is another one}
    private Optional<NetAddress> announce(String start, NetAddress address) {
        return announce(start, 0, address) instanceof Announced.OfAnother(NetAddress other)
                ? Optional.of(other)
                : Optional.empty();
    }

    /// @param start any word; empty for a server that does not say
    private Announced announce(String start, long sequence, NetAddress address) {
        nowNanos += SECOND;
        return registry.announce(
                        ServerAnnouncement.builder()
                                .serverId("one")
                                .startId(startId(start))
                                .sequence(sequence)
                                .publicAddress(address)
                                .protocolId(1)
                                .maxClients(4)
                                .keyIds(List.of(KeyId.parse("0011223344556677")))
                                .build())
                .toCompletableFuture()
                .join();
    }

    /// {@return an id without an order}
    private static String startId(String start) {
        return start.isEmpty() ? "" : "0".repeat(24) + "%08x".formatted(start.hashCode());
    }

    private void withdraw(String start, long sequence) {
        registry.withdraw(new ServerStart("one", startId(start)), sequence)
                .toCompletableFuture()
                .join();
    }

    private Optional<ListedServer> known() {
        return registry.find("one").toCompletableFuture().join();
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
        withdraw("", 0);
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

    // ---- What is late

    @Test
    void whatWasOvertakenChangesNothing() {
        announce("a", 2, ONE);

        assertThat(announce("a", 1, TWO)).isInstanceOf(Announced.Overtaken.class);
        assertThat(announce("a", 2, TWO)).isInstanceOf(Announced.Overtaken.class);

        assertThat(known().orElseThrow().announcement().publicAddress()).isEqualTo(ONE);
        assertThat(announce("a", 3, TWO)).isInstanceOf(Announced.Taken.class);
    }

    @Test
    void whatAServerSentBeforeItWithdrewDoesNotBringItBack() {
        announce("a", 1, ONE);
        withdraw("a", 3);

        assertThat(announce("a", 2, ONE)).isInstanceOf(Announced.Overtaken.class);
        assertThat(known()).isEmpty();
        nowNanos += 40 * SECOND;
        assertThat(announce("a", 2, ONE)).isInstanceOf(Announced.Overtaken.class);
        assertThat(announce("a", 4, ONE)).isInstanceOf(Announced.Taken.class);
    }

    @Test
    void aWithdrawalMayOvertakeTheFirstAnnouncement() {
        withdraw("a", 2);

        assertThat(announce("a", 1, ONE)).isInstanceOf(Announced.Overtaken.class);
        assertThat(known()).isEmpty();
    }

    @Test
    void aWithdrawalThatWasOvertakenOrIsAnotherStartsChangesNothing() {
        announce("a", 3, ONE);

        withdraw("a", 2);
        withdraw("b", 9);

        assertThat(known()).isPresent();
        withdraw("a", 4);
        assertThat(known()).isEmpty();
    }

    /// The former start was killed: what it sent before is no sign of life.
    @Test
    void whatAFormerStartSentBeforeTakesNothingBack() {
        announce("a", 5, ONE);
        announce("b", 1, TWO);

        assertThat(announce("a", 4, ONE)).isInstanceOf(Announced.Overtaken.class);
        assertThat(announce("b", 2, TWO)).isInstanceOf(Announced.Taken.class);
        assertThat(announce("a", 6, ONE)).isInstanceOf(Announced.Taken.class);
        assertThat(announce("b", 3, TWO)).isInstanceOf(Announced.OfAnother.class);
    }

    /// Also the first words of a start that was killed before they arrived.
    @Test
    void aStartThatBeganEarlierAndWasNeverHeardIsLate() {
        ServerAnnouncement.Builder announcement =
                ServerAnnouncement.builder()
                        .serverId("one")
                        .publicAddress(ONE)
                        .protocolId(1)
                        .maxClients(4)
                        .keyIds(List.of(KeyId.parse("0011223344556677")));
        String earlier = "019000000000" + "7" + "f".repeat(19);
        String later = "019000000001" + "7" + "0".repeat(19);
        announcement.startId(later).sequence(1);
        assertThat(registry.announce(announcement.build()).toCompletableFuture().join())
                .isInstanceOf(Announced.Taken.class);

        announcement.startId(earlier);
        assertThat(registry.announce(announcement.build()).toCompletableFuture().join())
                .isInstanceOf(Announced.OfAnother.class);
        assertThat(known().orElseThrow().announcement().startId()).isEqualTo(later);
        nowNanos += 15 * SECOND;
        assertThat(registry.announce(announcement.build()).toCompletableFuture().join())
                .isInstanceOf(Announced.Taken.class);
    }

    // ---- Drained

    @Test
    void aDrainIsOfAStartAndStaysWhenThatGetsItsNameBack() {
        announce("a", 1, ONE);
        assertThat(registry.drain("one").toCompletableFuture().join())
                .contains(new ServerStart("one", startId("a")));
        assertThat(known().orElseThrow().isDraining()).isTrue();
        announce("a", 2, ONE);
        assertThat(known().orElseThrow().isDraining()).isTrue();

        announce("b", 1, TWO);
        assertThat(known().orElseThrow().isDraining()).isFalse();
        announce("a", 3, ONE);
        assertThat(known().orElseThrow().isDraining()).isTrue();
        assertThat(registry.drain("two").toCompletableFuture().join()).isEmpty();
    }
}
