package dev.hawser.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.backend.registry.Announced;
import dev.hawser.backend.registry.InMemoryServerRegistry;
import dev.hawser.backend.registry.ListedServer;
import dev.hawser.backend.registry.Page;
import dev.hawser.backend.registry.Reservation;
import dev.hawser.backend.registry.ReservationRequest;
import dev.hawser.backend.registry.ServerRegistry;
import dev.hawser.backend.registry.ServerStart;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.token.ConnectToken;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Tokens for players who go on with a connection that they lost, over real TLS.
class ResumingTokensTest {
    private static final String AS_HAWSERS = "{\"statesReasons\": true, \"survivesMoves\": true}";
    private static final TokenTag UNKNOWN = new TokenTag(-1, 1);

    private final ServiceRig rig = new ServiceRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static String resuming(TokenTag former) {
        return "{\"statesReasons\": true, \"resumes\": \"" + former + "\"}";
    }

    private static ConnectToken token(ServiceRig.Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return ConnectToken.ofBytes(
                Base64.getDecoder().decode(answer.json().get("token").asText()));
    }

    private Optional<TokenTag> resumed(ServiceRig.Answer answer) {
        return token(answer).claims(rig.key).resumes();
    }

    private static String server(ServiceRig.Answer answer) {
        return answer.json().get("servers").get(0).asText();
    }

    private String addressOf(String id) {
        return rig.server(id, 0).publicAddress().toString();
    }

    @Test
    void aTokenSaysWhichConnectionItGoesOnWithAndLeadsToItsServer() {
        rig.announce("home", 5);
        TokenTag former = token(rig.token("ada", AS_HAWSERS)).tag();
        rig.announce("home", 0);
        rig.announce("empty", 60);

        ServiceRig.Answer answer = rig.token("ada", resuming(former));

        assertThat(resumed(answer)).contains(former);
        assertThat(token(answer).claims(rig.key).statesReasons()).isTrue();
        assertThat(server(answer)).isEqualTo(addressOf("home"));
        assertThat(rig.audited.getLast().servers()).startsWith("home");
        assertThat(rig.audited.getLast().resumes()).isEqualTo(former.toString());
        assertThat(rig.audited.getFirst().resumes()).isNull();
        assertThat(rig.service.stats().tokensResuming()).isOne();
        assertThat(rig.service.stats().resumesOfOthers()).isZero();
    }

    @Test
    void theDigitsMayBeOfEitherCase() {
        rig.announce("home", 5);
        String digits = "00112233445566778899AABBCCDDEEFF";

        assertThat(resumed(rig.token("ada", "{\"resumes\": \"" + digits + "\"}")))
                .contains(TokenTag.parse(digits));
    }

    @Test
    void whoSaysNothingOfItGetsATokenThatResumesNothing() {
        rig.announce("home", 5);

        assertThat(resumed(rig.token("ada", AS_HAWSERS))).isEmpty();
        assertThat(resumed(rig.token("ada", "{\"resumes\": null}"))).isEmpty();
        assertThat(rig.service.stats().tokensResuming()).isZero();
    }

    @Test
    void aTagThatTheServiceDoesNotKnowIsTheServersToJudge() {
        rig.announce("home", 5);

        assertThat(resumed(rig.token("ada", resuming(UNKNOWN)))).contains(UNKNOWN);
    }

    @Test
    void anotherPlayersTagGivesAPlainTokenAndNotHisServer() {
        rig.announce("home", 5);
        TokenTag adas = token(rig.token("ada", AS_HAWSERS)).tag();
        rig.announce("home", 0);
        rig.announce("empty", 60);

        ServiceRig.Answer answer = rig.token("eve", resuming(adas));

        assertThat(resumed(answer)).isEmpty();
        assertThat(rig.audited.getLast().resumes()).isNull();
        assertThat(server(answer)).isEqualTo(addressOf("empty"));
        assertThat(rig.service.stats().resumesOfOthers()).isOne();
        assertThat(rig.service.stats().tokensResuming()).isZero();
        assertThat(server(rig.token("ada", resuming(adas)))).isEqualTo(addressOf("home"));
    }

    @Test
    void anotherPlayersTagOpensNoServerThatIsFull() {
        rig.announce("home", 5);
        TokenTag adas = token(rig.token("ada", AS_HAWSERS)).tag();
        rig.announce("home", 0);

        assertThat(rig.token("eve", resuming(adas)).status()).isEqualTo(503);
        assertThat(rig.token("ada", resuming(adas)).status()).isEqualTo(200);
    }

    @Test
    void aPlayerWhoNamesTagsWithoutEndIsLimitedAsEverAndLeavesFewBehind() {
        rig.announce("home", 5);
        TokenTag bobs = token(rig.token("bob", AS_HAWSERS)).tag();
        int granted = 0;
        int status = 200;
        while (status == 200) {
            granted++;
            status = rig.token("eve", resuming(new TokenTag(granted, 7))).status();
        }

        assertThat(status).isEqualTo(429);
        assertThat(granted).isGreaterThan(10);
        assertThat(rig.memory.tokens()).isLessThan(10);
        assertThat(rig.memory.reservations()).isEqualTo(2);
        rig.announce("home", 0);
        assertThat(server(rig.token("bob", resuming(bobs)))).isEqualTo(addressOf("home"));
    }

    @Test
    void tokensOfTheStandardAreNotRemembered() {
        rig.announce("home", 5);
        rig.token("ada", "{}");
        assertThat(rig.memory.tokens()).isZero();

        rig.token("ada", AS_HAWSERS);
        assertThat(rig.memory.tokens()).isOne();
    }

    @Test
    void aTokenIsGoodWhereTheRegistryCannotRememberIt() {
        rig.announce("home", 5);
        rig.isForgetful = true;

        assertThat(token(rig.token("ada", AS_HAWSERS)).claims(rig.key)).isNotNull();

        assertThat(rig.log.lines)
                .anyMatch(line -> line.contains("does not remember a token"))
                .noneMatch(line -> line.startsWith("ERROR"));
    }

    @Test
    void aRegistryThatRemembersNoTokensSendsPlayersSomewhere() {
        var plain = new Plain();
        try (var other = new ServiceRig(builder -> builder.registry(plain))) {
            plain.memory.announce(other.server("home", 5)).toCompletableFuture().join();

            TokenTag former = token(other.token("ada", AS_HAWSERS)).tag();

            ServiceRig.Answer answer = other.token("ada", resuming(former));
            assertThat(token(answer).claims(other.key).resumes()).contains(former);
        }
    }

    /// A registry as there were before players could resume.
    private static final class Plain implements ServerRegistry {
        private final InMemoryServerRegistry memory = InMemoryServerRegistry.builder().build();

        @Override
        public CompletionStage<Announced> announce(ServerAnnouncement announcement) {
            return memory.announce(announcement);
        }

        @Override
        public CompletionStage<Void> withdraw(ServerStart server, long sequence) {
            return memory.withdraw(server, sequence);
        }

        @Override
        public CompletionStage<Optional<ServerStart>> drain(String serverId) {
            return memory.drain(serverId);
        }

        @Override
        public CompletionStage<Optional<ListedServer>> find(String serverId) {
            return memory.find(serverId);
        }

        @Override
        public CompletionStage<Page<ListedServer>> servers(String cursor, int max) {
            return memory.servers(cursor, max);
        }

        @Override
        public CompletionStage<Optional<Reservation>> reserve(ReservationRequest request) {
            return memory.reserve(request);
        }

        @Override
        public CompletionStage<Void> release(Reservation reservation) {
            return memory.release(reservation);
        }

        @Override
        public CompletionStage<Boolean> claimClientId(long clientId, String player) {
            return memory.claimClientId(clientId, player);
        }

        @Override
        public int serverTimeoutSeconds() {
            return memory.serverTimeoutSeconds();
        }
    }
}
