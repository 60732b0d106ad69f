package dev.hawser.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hawser.backend.TokenService;
import dev.hawser.cli.Cli;
import dev.hawser.tls.CertificateSource;
import dev.hawser.tls.ServerCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an operator reads when it does not work: one sentence, with what to do.
class FleetFailuresTest {
    @TempDir private Path folder;
    private FleetRig rig;
    private final List<HttpServer> doubles = new ArrayList<>();

    @BeforeEach
    void start() {
        rig = new FleetRig(folder);
        rig.announce("alpha", 1, 60);
    }

    @AfterEach
    void close() {
        doubles.forEach(server -> server.stop(0));
        rig.close();
    }

    private static void assertFailed(Cli.Result result, String... words) {
        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("hawser: ")
                .contains(words)
                .doesNotContain(FleetRig.OPERATOR_CREDENTIAL)
                .hasLineCount(1);
    }

    /// {@return where something else answers}
    private String answering(int status, String type, String... bodies) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger requests = new AtomicInteger();
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        int number = Math.min(requests.getAndIncrement(), bodies.length - 1);
                        byte[] body = bodies[number].getBytes(StandardCharsets.UTF_8);
                        boolean isBusy = bodies[number].equals("busy");
                        exchange.getResponseHeaders().set("Content-Type", type);
                        exchange.getResponseHeaders().set("Retry-After", isBusy ? "1" : "7");
                        exchange.sendResponseHeaders(isBusy ? 429 : status, body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
        doubles.add(server);
        return "http://localhost:" + server.getAddress().getPort();
    }

    // ---- Wrong usage

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fleet | fleet is to do what? 'hawser fleet servers' lists the game servers",
                "fleet servers | Missing required option: '--backend=URL'",
                "fleet servers --backend https://a | no credential: pass --credential-file with one"
                        + " of the secrets in the token service's operators.credential-files",
                "fleet servers --backend https://a --group-may-read | --group-may-read goes with"
                        + " --credential-file only",
                "fleet servers --backend http://203.0.113.1 | plain http would show credential",
                "fleet servers --backend https://a --backend https://a | it is there twice",
                "fleet servers --backend https://a --pin 1 | hexadecimal",
                "fleet where --backend https://a | no player: pass a client id, or --issuer and",
                "fleet where --backend https://a ada | 'ada' is no unsigned 64-bit number",
                "fleet where --backend https://a 7 --issuer a --subject b | name the player in one",
                "fleet where --backend https://a --issuer a | --issuer without --subject",
                "fleet kick --backend https://a --subject a | --subject without --issuer",
                "fleet drain --backend https://a | Missing required",
                "fleet drain a --backend https://a | Missing required option: '--within=TIME'",
                "fleet drain a --backend https://a --within 10 | '10' is no time: write it as 90s",
                "fleet ban 7 --backend https://a --for 2h | Missing required option: '--why=TEXT'",
                "fleet ban 7 --backend https://a --why a | a ban for how long? Pass --for 2h, or",
                "fleet ban 7 --backend https://a --why a --for 2h --for-ever | pass one of them",
            })
    void wrongUsageIsNamedBeforeAnybodyIsAsked(String args, String message) {
        Cli.Result result = Cli.run(args.strip().split(" +"));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("hawser: ").contains(message, "--help' says");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drain a/b --within 1m | 'a/b' is no name of a server",
                "drain .. --within 1m | '..' is no name of a server",
                "players --server a? | 'a?' is no name of a server",
                "drain a --within 2d | has from 0 to 86400 s to leave, and not 172800 s",
                "ban 7 --why a --for 0s | a ban lasts from 1 to 2147483647 s, and not 0 s",
                "ban 7 --why a --for 999999999d | a longer one is one for ever",
                "where --issuer= --subject a | the issuer has 0 characters, but must have 1 to",
            })
    void whatCannotBeIsWrongUsageToo(String args, String message) {
        Cli.Result result = rig.fleet(args.strip().split(" +"));

        assertThat(result.exitCode()).as("%s", result).isEqualTo(2);
        assertThat(result.err()).startsWith("hawser: ").contains(message);
        assertThat(rig.audited).isEmpty();
    }

    @Test
    void aTextHasALimit() {
        rig.admit("alpha", 1, 7);
        assertThat(rig.done("kick", "7", "--text", "x".repeat(124))).startsWith("kicked");
        Cli.Result result = rig.fleet("kick", "7", "--text", "x".repeat(125));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("a text of 125 characters, but at most 124 reach");
        assertThat(rig.audited).hasSize(1);
    }

    // ---- The credential

    @Test
    void theCredentialMayBeInTheEnvironment() {
        String[] servers = {"fleet", "servers", "--backend", rig.service.uri().toString()};
        Cli.Result result =
                Cli.run(
                        Map.of("HAWSER_OPERATOR_CREDENTIAL", FleetRig.OPERATOR_CREDENTIAL + "\n"),
                        servers);
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).contains("alpha");

        assertFailed(
                Cli.run(Map.of("HAWSER_OPERATOR_CREDENTIAL", "two words"), servers),
                "HAWSER_OPERATOR_CREDENTIAL holds no credential");
    }

    @Test
    void aWrongCredentialIsRefused() {
        FleetRig.file(rig.credentialFile, FleetRig.SERVER_CREDENTIAL);
        for (String command : List.of("servers", "players", "bans", "where 7", "unban 7")) {
            Cli.Result result = rig.fleet(command.split(" "));
            assertFailed(
                    result,
                    rig.service.uri() + " does not accept the credential (401",
                    "show one of those that it has for operators, and no game server's");
            assertThat(result.err()).doesNotContain(FleetRig.SERVER_CREDENTIAL);
        }
    }

    @Test
    void aCredentialFileThatIsNotThereIsNamed() {
        assertFailed(
                Cli.run(
                        "fleet",
                        "servers",
                        "--backend",
                        "https://127.0.0.1:1",
                        "--credential-file",
                        folder.resolve("none").toString()),
                "there is no file " + folder.resolve("none"),
                "operators.credential-files");
    }

    // ---- The service

    @Test
    void aServiceWithoutOperatorsSaysWhatItLacks() {
        TokenService without = rig.service(TokenService.Builder::plainHttp);

        assertFailed(
                rig.at(without.uri().toString(), "servers"),
                "has nothing for operators (404",
                "give it a credential for them with operators.credential-files in its"
                        + " configuration, or renew it if it is older than that");
        // While services are renewed, another one is asked.
        Cli.Result result =
                rig.at(without.uri().toString(), "servers", "--backend", "" + rig.service.uri());
        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("alpha");
    }

    @Test
    void anEndpointThatIsAwayIsPassedOver() throws IOException {
        String away;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            away = "http://127.0.0.1:" + socket.getLocalPort();
        }
        assertFailed(
                rig.at(away, "kick", "7"),
                "the token service at " + away + " cannot be reached: nothing listens there");
        assertThat(rig.at(away, "kick", "7").err()).doesNotContain("not known");
        Cli.Result result = rig.at(away, "servers", "--backend", "" + rig.service.uri());
        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("alpha");
        assertFailed(
                rig.at(away, "servers", "--backend", answering(503, "text/plain", "")),
                "no endpoint of the token service did it: ",
                away + " cannot be reached",
                "is out of order or busy (503): try again in 7 s");
    }

    @Test
    void whetherAChangeWasMadeMayNotBeKnown() throws IOException {
        String doubt = "whether it was done is not known: ask again with the same words";
        String broken = answering(503, "text/plain", "");
        for (String change : List.of("kick 7", "unban 7", "ban 7 --for 1h --why a")) {
            assertFailed(rig.at(broken, change.split(" ")), "try again in 7 s", doubt);
        }
        assertThat(rig.at(broken, "where", "7").err()).doesNotContain(doubt);
        assertFailed(rig.at(answering(200, "text/html", "<p>"), "kick", "7"), doubt);
    }

    @Test
    void aCertificateIsPinned() {
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost", "127.0.0.1");
        TokenService secure =
                rig.service(builder ->
                        builder.certificate(CertificateSource.of(certificate))
                                .operatorCredentials(FleetRig.OPERATOR_CREDENTIAL));
        String url = secure.uri().toString();

        assertThat(rig.at(url, "servers", "--pin", certificate.sha256()).out()).contains("alpha");
        assertFailed(
                rig.at(url, "servers"),
                "shows a certificate that is refused, and nothing was sent",
                "--pin");
        assertFailed(rig.at(url, "servers", "--pin", "00".repeat(32)), "none of the pinned ones");
    }

    /// What answers may be anything, and means no good.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "200 | application/json | {} | its servers is missing",
                "200 | application/json | {\"servers\": [], \"next\": 1} | its next is no string",
                "200 | application/json | {\"servers\": [{}], \"next\": \"\"} | one of its servers",
                "200 | application/json | {\"servers\": [{\"silentSeconds\": -1}]} | its silentSeconds is",
                "200 | text/html | <p> | its content type is \"text/html\"",
                "302 | text/html | <p> | its status is 302, and redirects are not followed",
                "400 | text/html | <p> | refuses this (400)",
            })
    void whatIsNoTokenServiceIsNamed(int status, String type, String body, String message)
            throws IOException {
        assertFailed(rig.at(answering(status, type, body), "servers"), message);
    }

    @Test
    void whatARefusalSaysDoesNotSteerTheTerminal() throws IOException {
        String said = "{\"detail\": \"gone\\u001b[2J " + FleetRig.OPERATOR_CREDENTIAL + "\"}";
        assertFailed(
                rig.at(answering(400, "application/problem+json", said), "servers"),
                "refuses this (400)");
        Cli.Result result =
                rig.at(
                        answering(400, "application/problem+json", "{\"title\": \"a\\u001b[2J\"}"),
                        "servers");
        assertFailed(result, "refuses this (400, saying \"a [2J\")");
    }

    @Test
    void anAnswerHasALimit() throws IOException {
        String tooLong = "{\"bans\": [], \"next\": \"" + "a".repeat(3 << 20) + "\"}";
        assertFailed(
                rig.at(answering(200, "application/json", tooLong), "bans"),
                "its body has more than 2097152 bytes");
        String ban = "{\"clientId\": \"7\", \"why\": \"\"}";
        String tooMany = "{\"bans\": [" + (ban + ",").repeat(1000) + ban + "], \"next\": \"\"}";
        assertFailed(
                rig.at(answering(200, "application/json", tooMany), "bans"),
                "its bans has more than 1000 entries");
    }

    @Test
    void aListThatGoesRoundEnds() throws IOException {
        Cli.Result result =
                rig.at(
                        answering(200, "application/json", "{\"bans\": [], \"next\": \"a\"}"),
                        "bans");
        assertFailed(result, "the same part of a list again and again");
    }

    @Test
    void aListWaitsWhereItAsksTooOften() throws IOException {
        String first = "{\"bans\": [{\"clientId\": \"7\", \"why\": \"\"}], \"next\": \"a\"}";
        String last = "{\"bans\": [{\"clientId\": \"8\", \"why\": \"\"}], \"next\": \"\"}";
        Cli.Result result =
                rig.at(answering(200, "application/json", first, "busy", last), "bans", "--json");
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).hasLineCount(2);
        assertFailed(
                rig.at(answering(200, "application/json", "busy"), "kick", "7"),
                "has too many requests from here (429): try again in 1 s");
    }
}
