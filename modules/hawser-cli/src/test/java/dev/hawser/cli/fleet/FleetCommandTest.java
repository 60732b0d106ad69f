package dev.hawser.cli.fleet;

import static dev.hawser.cli.fleet.FleetRig.connectionId;
import static dev.hawser.cli.fleet.FleetRig.startId;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.backend.audit.AuditEntry;
import dev.hawser.cli.Cli;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator does and reads, with real services.
class FleetCommandTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir private Path folder;
    private FleetRig rig;

    @BeforeEach
    void announceTwo() {
        rig = new FleetRig(folder);
        rig.announce("alpha", 1, 60);
        rig.announce("b", 2, 0);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private List<JsonNode> json(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--json");
        return rig.done(all.toArray(String[]::new)).lines().map(FleetCommandTest::read).toList();
    }

    private static JsonNode read(String line) {
        try {
            return MAPPER.readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    private void fails(String message, String... args) {
        Cli.Result result = rig.fleet(args);
        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("hawser: ").contains(message).hasLineCount(1);
    }

    private List<String> audited() {
        return rig.audited.stream()
                .filter(AuditEntry::isOfOperator)
                .map(entry ->
                        entry.outcome()
                                + " "
                                + entry.servers()
                                + " "
                                + entry.clientId()
                                + " "
                                + entry.text())
                .toList();
    }

    // ---- Looks

    @Test
    void serversStandInColumnsThatFit() {
        assertThat(rig.done("servers").lines().map(line -> line.replaceAll("[0-9]+ s", "0 s")))
                .containsExactly(
                        "SERVER  STATE  FREE  PROMISED  SLOTS  SILENT  REGION  ADDRESS",
                        "alpha   open   60    0         64     0 s     eu      203.0.113.1:40097",
                        "b       full   0     0         64     0 s     eu      203.0.113.1:40098");
    }

    @Test
    void serversAreLinesForScripts() {
        List<JsonNode> servers = json("servers");

        assertThat(servers).hasSize(2);
        JsonNode server = servers.getFirst();
        assertThat(server.get("serverId").asText()).isEqualTo("alpha");
        assertThat(server.get("startId").asText()).isEqualTo(startId(1));
        assertThat(server.get("freeSlots").asInt()).isEqualTo(60);
        assertThat(server.get("maxClients").asInt()).isEqualTo(64);
        assertThat(server.get("protocolId").asText()).isEqualTo("119");
        assertThat(server.get("draining").asBoolean()).isFalse();
        assertThat(server.get("keyIds")).hasSize(1);
    }

    @Test
    void aListIsFollowedToItsEnd() {
        // Both kinds of page are full more than once: 200 servers, 1000 players.
        for (int i = 0; i < 410; i++) {
            rig.announce("server-%03d".formatted(i), 10 + i, 64);
        }
        for (int i = 0; i < 1_050; i += 50) {
            rig.admit("alpha", 1, LongStream.range(i, i + 50L).toArray());
        }
        rig.admit("b", 2, -1);

        assertThat(rig.done("servers").lines()).hasSize(1 + 412);
        assertThat(json("servers")).hasSize(412);
        assertThat(json("players", "--server", "alpha")).hasSize(1_050);
        assertThat(rig.done("players").lines()).hasSize(1 + 1_051);
    }

    @Test
    void playersAreListedByServer() {
        rig.admit("alpha", 1, 7);
        rig.admit("b", 2, -1);

        assertThat(rig.done("players").lines().map(line -> line.replaceAll("  20.*Z$", " T")))
                .containsExactly(
                        "PLAYER  SERVER  SINCE",
                        "7       alpha  T",
                        "18446744073709551615  b      T");
        List<JsonNode> there = json("players", "--server", "b");
        assertThat(there).hasSize(1);
        assertThat(there.getFirst().get("clientId").asText()).isEqualTo("18446744073709551615");
        assertThat(there.getFirst().get("connectionId").asText()).isEqualTo(connectionId(-1));
        assertThat(rig.done("players", "--server", "c")).isEqualTo("no players\n");
        assertThat(json("players", "--server", "c")).isEmpty();
    }

    @Test
    void aPlayerIsFoundByClientId() {
        rig.admit("b", 2, -1);

        assertThat(rig.done("where", "18446744073709551615"))
                .startsWith("18446744073709551615 is at b since 20")
                .endsWith("Z\n");
        assertThat(rig.done("where", "0xffffffffffffffff")).contains(" is at b ");
        JsonNode presence = json("where", "18446744073709551615").getFirst();
        assertThat(presence.get("serverId").asText()).isEqualTo("b");
        assertThat(presence.get("startId").asText()).isEqualTo(startId(2));
        assertThat(presence.get("since").asLong()).isGreaterThan(1_700_000_000L);
        fails("the player 8 is at no server", "where", "8");
        fails("the player 8 is at no server", "where", "8", "--json");
    }

    /// Issuer and subject may have any character, and none of it is for the log.
    @Test
    void aPlayerIsFoundByLogin() {
        String[] login = {"--issuer", "https://id.example.org/?a=b&c", "--subject", "jörg+1 %"};
        Cli.Result nowhere = rig.fleet("where", login[0], login[1], login[2], login[3]);
        assertThat(nowhere.exitCode()).isEqualTo(1);
        String clientId = nowhere.err().replaceAll("\\D*([0-9]+) is at no server(?s:.*)", "$1");
        rig.admit("alpha", 1, Long.parseUnsignedLong(clientId));

        assertThat(rig.done("where", login[0], login[1], login[2], login[3]))
                .startsWith(clientId + " is at alpha");
        assertThat(rig.done("kick", login[0], login[1], login[2], login[3]))
                .startsWith("kicked " + clientId);
    }

    // ---- Changes

    @Test
    void aDrainIsBegun() {
        assertThat(rig.done("drain", "alpha", "--within", "10m", "--text", "a new version"))
                .isEqualTo(
                        "alpha drains: nobody is sent there, and whoever is left 600 s after it"
                                + " hears of it is sent on\n");
        assertThat(rig.done("servers")).contains("alpha   draining");
        JsonNode drained = json("drain", "b", "--within", "0s").getFirst();
        assertThat(drained.get("serverId").asText()).isEqualTo("b");
        assertThat(drained.get("startId").asText()).isEqualTo(startId(2));
        assertThat(drained.get("withinSeconds").asInt()).isZero();
        fails(
                "no server 'c' is known: 'hawser fleet servers' lists",
                "drain",
                "c",
                "--within",
                "1m");
        assertThat(audited())
                .containsExactly(
                        "server-drained [alpha] null a new version", "server-drained [b] null ");
    }

    @Test
    void aDrainIsAwaitedUntilTheServerIsGone() throws Exception {
        rig.admit("alpha", 1, 7);
        Thread server =
                Thread.ofVirtual()
                        .start(() -> {
                            awaitDrain("server-drained");
                            rig.withdraw("alpha", 1);
                        });

        assertThat(rig.done("drain", "alpha", "--within", "1m", "--wait", "10m").lines())
                .hasSize(2)
                .last()
                .isEqualTo("alpha is gone");
        server.join();
    }

    private void awaitDrain(String outcome) {
        while (rig.audited.stream().noneMatch(entry -> entry.outcome().equals(outcome))) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aServerWithAllSlotsFreeIsEmpty() {
        rig.announce("alpha", 1, 64);

        List<JsonNode> lines = json("drain", "alpha", "--within", "1m", "--wait", "10m");

        assertThat(lines).hasSize(2);
        assertThat(lines.getLast().get("outcome").asText()).isEqualTo("empty");
        assertThat(lines.getLast().get("startId").asText()).isEqualTo(startId(1));
    }

    @Test
    void aServerIsEmptyWhenItsLastPlayerHasLeft() throws Exception {
        rig.admit("b", 2, 7);
        Thread player =
                Thread.ofVirtual()
                        .start(() -> {
                            while (rig.looks() < 1) {
                                Thread.onSpinWait();
                            }
                            rig.leave("b", 2, 7);
                        });
        assertThat(rig.done("drain", "b", "--within=1m", "--wait=10m")).endsWith("b is empty\n");
        player.join();
    }

    @Test
    void aWaitHasADeadline() {
        rig.admit("alpha", 1, 7);

        Cli.Result result = rig.fleet("drain", "alpha", "--within", "1m", "--wait", "1s");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).startsWith("alpha drains").hasLineCount(1);
        assertThat(result.err())
                .contains("alpha is still there after 1 s, and goes on draining")
                .hasLineCount(1);
    }

    @Test
    void aPlayerIsKicked() {
        rig.admit("alpha", 1, 7);

        assertThat(rig.done("kick", "7", "--text", "mind the words"))
                .isEqualTo("kicked 7 at alpha, which hears of it with its next announcement\n");
        assertThat(json("kick", "7").getFirst().get("connectionId").asText())
                .isEqualTo(connectionId(7));
        fails("the player 8 is at no server", "kick", "8");
        assertThat(audited())
                .containsExactly("player-kicked [] 7 mind the words", "player-kicked [] 7 ");
    }

    @Test
    void aPlayerIsBannedForATimeOrForEver() {
        rig.admit("alpha", 1, 7);
        long before = Instant.now().getEpochSecond();

        assertThat(rig.done("ban", "7", "--for", "2h", "--why", "cheats"))
                .matches(
                        "banned 7 until 20.*Z; the connection at alpha ends with its next"
                                + " announcement\n");
        JsonNode banned = json("ban", "7", "--for", "2h", "--why", "cheats").getFirst();
        assertThat(banned.get("until").asLong()).isGreaterThanOrEqualTo(before + 7200);
        assertThat(banned.get("present").get("serverId").asText()).isEqualTo("alpha");
        assertThat(rig.done("ban", "8", "--for-ever", "--why", "\u202ecid\u001b[2J"))
                .isEqualTo("banned 8 for ever\n");
        assertThat(json("ban", "8", "--for-ever", "--why", "x").getFirst().has("until")).isFalse();

        assertThat(audited().getFirst()).isEqualTo("player-banned [] 7 cheats");
    }

    @Test
    void bansAreListedAndLifted() {
        assertThat(rig.done("bans")).isEqualTo("no bans\n");
        assertThat(json("bans")).isEmpty();
        rig.done("ban", "7", "--for-ever", "--why", "\u202ecid\u001b[2J");

        assertThat(rig.done("bans").lines())
                .containsExactly("PLAYER  UNTIL     WHY", "7       for ever  �cid�[2J");
        Cli.Result raw = rig.fleet("bans", "--json");
        assertThat(raw.out()).matches("[ -~\n]*");
        assertThat(read(raw.out()).get("why").asText()).isEqualTo("\u202ecid\u001b[2J");

        assertThat(rig.done("unban", "7")).isEqualTo("7 may play again\n");
        fails("the player 7 is not banned: 'hawser fleet bans' lists who is", "unban", "7");
        rig.done("ban", "7", "--for-ever", "--why", "");
        assertThat(json("unban", "7").getFirst().get("clientId").asText()).isEqualTo("7");
    }

    // ---- Who reads along

    /// The audit alone says who it was about.
    @Test
    void noLogNamesPlayersOrTheCredential() {
        List<String> logged = new CopyOnWriteArrayList<>();
        Handler handler =
                new Handler() {
                    @Override
                    public void publish(LogRecord line) {
                        logged.add(line.getLoggerName() + " " + line.getMessage());
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        Logger.getLogger("").addHandler(handler);
        try {
            rig.admit("alpha", 1, 777_777);
            rig.done("where", "777777");
            rig.done("kick", "777777");
            rig.done("ban", "777777", "--for-ever", "--why", "cheats");
            rig.done("unban", "777777");
            rig.fleet("where", "--issuer", "example-issuer", "--subject", "ada");
        } finally {
            Logger.getLogger("").removeHandler(handler);
        }
        assertThat(logged)
                .noneMatch(line -> line.contains("777777"))
                .noneMatch(line -> line.contains("example-issuer"))
                .noneMatch(line -> line.contains(FleetRig.OPERATOR_CREDENTIAL));
        assertThat(rig.audited).hasSize(3);
    }
}
