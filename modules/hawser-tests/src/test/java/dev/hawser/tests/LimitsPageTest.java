package dev.hawser.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.ServerRunner;
import dev.hawser.backend.TokenService;
import dev.hawser.backend.fleet.AdmissionStore;
import dev.hawser.backend.fleet.CommandQueue;
import dev.hawser.backend.fleet.InMemoryFleetStore;
import dev.hawser.backend.registry.InMemoryServerRegistry;
import dev.hawser.backend.registry.Page;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ServerConfig;
import dev.hawser.protocol.path.PathCandidate;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.spi.Payloads;
import dev.hawser.spi.ReceiveLimit;
import dev.hawser.transport.UdpTransport;
import dev.hawser.web.WebServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The manual's page of limits has the numbers that the code has, where the code has a name for
/// them.
class LimitsPageTest {
    private static final Pattern NUMBER = Pattern.compile("\\d[\\d,]*");

    private record Row(String begin, List<Integer> numbers) {}

    static Stream<Row> rows() {
        WebServerOptions web = WebServerOptions.DEFAULT;
        return Stream.of(
                row("payload", 1, Payloads.BYTES_MAX),
                row("connect token", ConnectToken.BYTES),
                row("user data in a token", UserData.BYTES),
                row("text of a stated reason", StatedReason.TEXT_BYTES_MAX),
                row(
                        "slots, netcode",
                        ServerConfig.MAX_CLIENTS_DEFAULT,
                        ServerConfig.MAX_CLIENTS_LIMIT),
                row(
                        "what one client may have waiting between two ticks",
                        ReceiveLimit.DEFAULT.payloads(),
                        ReceiveLimit.DEFAULT.bytes() >> 10),
                row(
                        "what all clients may have waiting",
                        (Payloads.queueBytes(512) >> 10) / 512,
                        Payloads.queueBytes(1) >> 20,
                        Payloads.queueBytes(ServerConfig.MAX_CLIENTS_LIMIT) >> 20),
                row(
                        "moves of one client to another address",
                        (int) (1_000_000_000 / PathCandidate.MOVE_INTERVAL_NANOS)),
                row(
                        "addresses that a client may be about to move to",
                        1,
                        (int) (PathCandidate.LIFE_NANOS / 1_000_000_000)),
                row(
                        "lifetime of an accepted token",
                        ServerConfig.MAX_CONNECT_TOKEN_LIFETIME_SECONDS_DEFAULT),
                row("tasks that wait for a runner", ServerRunner.TASKS_MAX_DEFAULT),
                row("keys at a time", KeyRing.KEYS_MAX),
                row("buffer of a UDP socket", UdpTransport.SOCKET_BUFFER_BYTES_DEFAULT >> 20),
                row(
                        "silence before a connection ends, and time for a server to answer",
                        TokenRequest.TIMEOUT_SECONDS_DEFAULT),
                row("servers in a token", TokenRequest.SERVERS_MAX),
                row(
                        "sessions in all, from one address",
                        web.sessionsMax(),
                        web.sessionsPerAddressMax()),
                row("from a session to its connection", (int) web.connectTimeout().toSeconds()),
                row("a session without a packet", (int) web.idleTimeout().toSeconds()),
                row("packets between the network's thread and yours", web.queuePackets()),
                row("requests from one address", TokenService.REQUESTS_PER_ADDRESS_DEFAULT),
                row("requests for one account", TokenService.REQUESTS_PER_ACCOUNT_DEFAULT),
                row("connections of one address", TokenService.CONNECTIONS_PER_ADDRESS_DEFAULT),
                row("lifetime of a token", TokenRequest.LIFETIME_SECONDS_DEFAULT),
                row(
                        "a game server that is silent",
                        InMemoryServerRegistry.SERVER_TIMEOUT_SECONDS_DEFAULT),
                row("game servers", InMemoryServerRegistry.SERVERS_MAX_DEFAULT),
                row(
                        "newcomers of one question, connections that have ended",
                        AdmissionStore.NEWCOMERS_MAX,
                        AdmissionStore.ENDED_MAX),
                row(
                        "players whom a server tells of at a time, items of a list",
                        AdmissionStore.PRESENT_MAX,
                        Page.ITEMS_MAX),
                row(
                        "used tokens, players, bans in memory",
                        InMemoryFleetStore.TOKENS_MAX_DEFAULT,
                        InMemoryFleetStore.PLAYERS_MAX_DEFAULT,
                        InMemoryFleetStore.BANS_MAX_DEFAULT),
                row(
                        "commands that wait for a server, in one answer",
                        CommandQueue.COMMANDS_MAX,
                        CommandQueue.COMMANDS_OF_ANSWER_MAX),
                row("clocks of services, servers and store", AdmissionStore.EXPIRY_SLACK_SECONDS),
                row(
                        "tokens remembered for players who come back",
                        InMemoryServerRegistry.TOKENS_MAX_DEFAULT));
    }

    private static Row row(String begin, Integer... numbers) {
        return new Row(begin, List.of(numbers));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theRowBeginsWithTheNumbersOfTheCode(Row row) throws IOException {
        String page = Files.readString(Built.root().resolve("docs/limits.md"));
        List<String> lines =
                page.lines().filter(line -> line.startsWith("| " + row.begin + " |")).toList();
        assertThat(lines).as("rows '%s'", row.begin).hasSize(1);
        String said = lines.getFirst().replaceAll("`.*?`", "");
        assertThat(NUMBER.matcher(said).results())
                .extracting(number -> Integer.valueOf(number.group().replace(",", "")))
                .startsWith(row.numbers.toArray(Integer[]::new));
    }
}
