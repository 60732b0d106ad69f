package dev.hawser.tests.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.backend.fleet.Admission;
import dev.hawser.backend.fleet.AdmissionStore;
import dev.hawser.backend.fleet.CommandQueue;
import dev.hawser.backend.fleet.ConnectionId;
import dev.hawser.backend.fleet.FleetStore;
import dev.hawser.backend.fleet.Newcomer;
import dev.hawser.backend.fleet.Presence;
import dev.hawser.backend.fleet.ServerCommand;
import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;

/// What the contracts of a store have in common: a store, servers, and short words for what they
/// ask.
abstract class FleetContract {
    static final int LIFETIME_SECONDS = 3600;
    static final Duration LONGER_THAN_ANY_SILENCE = Duration.ofMinutes(30);
    private static final long PATIENCE_MINUTES = 10;

    final FleetStoreRig rig = newRig();
    final FleetStore store = rig.store();
    final AdmissionStore admissions = store.admissions();

    private long sequence;
    private long tags;

    /// {@return a store that knows nothing yet}
    abstract FleetStoreRig newRig();

    @AfterEach
    void close() {
        rig.close();
    }

    static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_MINUTES, TimeUnit.MINUTES);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the store does not answer", e);
        }
    }

    /// What was asked for is wrong, and nothing that trying again would change.
    static void assertWrong(CompletionStage<?> stage) {
        assertThatThrownBy(
                        () -> stage.toCompletableFuture().get(PATIENCE_MINUTES, TimeUnit.MINUTES))
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    // ---- Servers

    /// {@return a start that has just announced itself}
    ///
    /// @param number of the start, below 256
    ServerStart started(String serverId, int number) {
        ServerStart server = start(serverId, number);
        announce(server);
        return server;
    }

    /// {@return a start that nobody has heard of}
    static ServerStart start(String serverId, int number) {
        return new ServerStart(
                serverId, "%012x7%03x%016x".formatted(1_900_000_000_000L + number, 1, number));
    }

    void announce(ServerStart server) {
        join(
                store.registry()
                        .announce(
                                ServerAnnouncement.builder()
                                        .serverId(server.serverId())
                                        .startId(server.startId())
                                        .sequence(++sequence)
                                        .publicAddress(NetAddress.parse("203.0.113.1:40000"))
                                        .protocolId(7)
                                        .maxClients(1000)
                                        .keyIds(List.of(new KeyId(1)))
                                        .maxConnectTokenLifetimeSeconds(LIFETIME_SECONDS)
                                        .build()));
    }

    void withdraw(ServerStart server) {
        join(store.registry().withdraw(server, ++sequence));
    }

    // ---- Players

    /// {@return a connection id; of two the one of the greater number is later}
    static ConnectionId connection(long number) {
        return new ConnectionId(number, ~number);
    }

    /// {@return somebody with a token that nobody has seen yet}
    ///
    /// @param connection as [#connection]
    Newcomer newcomer(long clientId, long connection) {
        return newcomer(clientId, connection, rig.unixSeconds() + LIFETIME_SECONDS / 2);
    }

    Newcomer newcomer(long clientId, long connection, long expiresAtUnixSeconds) {
        tags++;
        return new Newcomer(
                new TokenTag(-tags, tags), clientId, expiresAtUnixSeconds, connection(connection));
    }

    /// {@return the same token, asked for with another connection}
    static Newcomer with(Newcomer newcomer, long connection) {
        return new Newcomer(
                newcomer.tokenTag(),
                newcomer.clientId(),
                newcomer.expiresAtUnixSeconds(),
                connection(connection));
    }

    List<Admission> admit(ServerStart server, List<Newcomer> newcomers) {
        return join(admissions.admit(server, newcomers, LIFETIME_SECONDS));
    }

    Admission admit(ServerStart server, Newcomer newcomer) {
        List<Admission> answers = admit(server, List.of(newcomer));
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    void assertAdmitted(ServerStart server, Newcomer newcomer) {
        assertThat(admit(server, newcomer))
                .isEqualTo(new Admission.Admitted(newcomer.connectionId()));
    }

    void assertUsed(ServerStart server, Newcomer newcomer) {
        assertThat(admit(server, newcomer)).isEqualTo(new Admission.TokenUsed());
    }

    void release(ServerStart server, Newcomer newcomer) {
        join(
                admissions.release(
                        server,
                        List.of(
                                new AdmissionStore.Ended(
                                        newcomer.clientId(), newcomer.connectionId()))));
    }

    Optional<Presence> where(long clientId) {
        return join(admissions.where(clientId));
    }

    void assertPresent(ServerStart server, Newcomer newcomer) {
        Presence presence = where(newcomer.clientId()).orElseThrow();
        assertThat(presence.server()).isEqualTo(server);
        assertThat(presence.clientId()).isEqualTo(newcomer.clientId());
        assertThat(presence.connectionId()).isEqualTo(newcomer.connectionId());
        assertThat(playersOf(server.serverId(), 1000)).contains(presence);
    }

    void assertNowhere(long clientId) {
        assertThat(where(clientId)).isEmpty();
    }

    List<Presence> playersOf(String serverId, int max) {
        return all((cursor, most) -> admissions.players(serverId, cursor, most), max);
    }

    /// {@return all parts of a list}
    static <T> List<T> all(BiFunction<String, Integer, CompletionStage<Page<T>>> list, int max) {
        List<T> all = new ArrayList<>();
        String cursor = "";
        do {
            Page<T> page = join(list.apply(cursor, max));
            assertThat(page.items()).hasSizeLessThanOrEqualTo(max);
            all.addAll(page.items());
            cursor = page.next();
        } while (!cursor.isEmpty());
        return all;
    }

    // ---- Commands

    /// {@return what waits for a server, and goes on waiting}
    List<ServerCommand> waiting(ServerStart server) {
        return join(store.commands().next(server, List.of())).stream()
                .map(CommandQueue.Queued::command)
                .toList();
    }

    static ServerCommand.Kick replaced(Newcomer newcomer) {
        return new ServerCommand.Kick(
                newcomer.clientId(), newcomer.connectionId(), ServerCommand.Why.REPLACED, "");
    }
}
