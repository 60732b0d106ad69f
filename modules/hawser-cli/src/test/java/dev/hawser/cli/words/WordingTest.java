package dev.hawser.cli.words;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.DisconnectReason;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.transport.TransportFailure;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Whoever runs the command reads of options, not of methods.
class WordingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pin it with pinnedCertificates(…)              | pin it with --pin",
                "belongs into pinnedCertificates(…)             | belongs into --pin",
                "hand over certificateHashes(…)                 | hand over --pin",
                "hand over its authority with trustStore(…), or "
                        + "| name a file with its authority in HAWSER_JAVA_OPTS"
                        + " (-Djavax.net.ssl.trustStore=FILE), or",
                "or raise maxConnectTokenLifetime, and compare  | or raise --max-token-lifetime,"
                        + " and compare",
                "use maxConnectTokenLifetimeOff()               | use --max-token-lifetime off",
                "(maxConnectTokenLifetime is off): for          | (--max-token-lifetime is off): for",
                "set identity(…) to the address                 | set --identity to the address",
                "set the identity to the address                | set --identity to the address",
                "its own address (its identity) is not          | its own address (its identity) is not",
                "endpoint http://a: use https                   | --backend http://a: use https",
                "UdpTransport.Builder.io asks for mmsg          | --transport asks for mmsg",
                "hangs (it must call update() at least ten times a second), or | hangs, or",
            })
    void methodsBecomeOptions(String text, String expected) {
        assertThat(Wording.ofOptions(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "connectTokenLifetime is 0 ms        | tokens.lifetime-seconds is 0 ms",
                "timeout is 0 ms, but must be        | tokens.timeout-seconds is 0 ms, but must be",
                "serverTimeout is 0 ms               | servers.timeout-seconds is 0 ms",
                "webTransport is 'wss://a'           | web-transport is 'wss://a'",
                "webTransportCertificateHashes has one | web-transport-certificate-hashes has one",
                "set certificate(…), or bind         | set tls.certificate and tls.key, or bind",
                "maxClients is 0                     | max-clients is 0",
            })
    void methodsBecomeNamesOfTheConfiguration(String text, String expected) {
        assertThat(Wording.ofConfiguration(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("explanations")
    void noExplanationNamesAMethod(String explanation) {
        assertThat(Wording.ofOptions(explanation)).doesNotContainPattern("\\b[a-z]\\w*\\(…?\\)");
    }

    /// All that the command can come to, but `NoAuthentication` and `NeverConnected`.
    static Stream<String> explanations() {
        StatedReason stated = StatedReason.of(1001, "too loud");
        List<NetAddress> servers = List.of(NetAddress.parse("127.0.0.1:1"));
        URI endpoint = URI.create("https://play.example.org");
        List<TransportFailure> ofTransports =
                Stream.of(TransportFailure.Kind.values())
                        .map(kind -> new TransportFailure(kind, true, "nothing listens there"))
                        .toList();
        Stream<DisconnectReason> reasons =
                Stream.of(
                        new DisconnectReason.ClientLeft(stated),
                        new DisconnectReason.ServerEnded(stated),
                        new DisconnectReason.ServerStopped(stated),
                        new DisconnectReason.Moved(stated),
                        new DisconnectReason.Replaced(),
                        new DisconnectReason.TimedOut(5),
                        new DisconnectReason.RequestTimedOut(servers, 5),
                        new DisconnectReason.ResponseTimedOut(servers, 5),
                        new DisconnectReason.Denied(stated),
                        new DisconnectReason.Denied(StatedReason.NONE),
                        new DisconnectReason.TokenExpired(30),
                        new DisconnectReason.TokenInvalid("its version"),
                        new DisconnectReason.TransportFailed("no permission"),
                        new DisconnectReason.ServerUnreachable(ofTransports),
                        new DisconnectReason.TransportClosed(ofTransports.getFirst()),
                        new DisconnectReason.ForgottenByServer(),
                        new DisconnectReason.SequenceExhausted());
        Stream<TokenFetchFailure> failures =
                Stream.of(
                        new TokenFetchFailure.NoCredential("it is empty"),
                        new TokenFetchFailure.TimedOut(endpoint, 5000, 4, "no answer"),
                        new TokenFetchFailure.NotAuthenticated("no"),
                        new TokenFetchFailure.Forbidden("no"),
                        new TokenFetchFailure.TooManyRequests(5, "no"),
                        new TokenFetchFailure.NoServer(5, "no"),
                        new TokenFetchFailure.ServiceFailed(502, 4, "no"),
                        new TokenFetchFailure.RequestRefused(422, "no"),
                        new TokenFetchFailure.Unreachable(endpoint, 4, "nothing listens there"),
                        new TokenFetchFailure.CertificateRefused(
                                endpoint,
                                "no authority that is trusted here vouches for it: use a"
                                        + " certificate of a public authority, hand over its"
                                        + " authority with trustStore(…), or, while developing,"
                                        + " pin it with pinnedCertificates(…)"),
                        new TokenFetchFailure.UnexpectedAnswer("no HTTP"),
                        new TokenFetchFailure.SourceFailed("it failed with Oops"));
        return Stream.concat(
                reasons.map(DisconnectReason::explanation),
                failures.map(TokenFetchFailure::explanation));
    }
}
