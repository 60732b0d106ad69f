package dev.hawser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.transport.SendFailure;
import dev.hawser.transport.TransportFailure;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DisconnectReasonTest {
    private static final List<NetAddress> SERVERS =
            List.of(NetAddress.parse("10.0.0.1:7777"), NetAddress.parse("[::1]:7777"));
    private static final StatedReason STATED = new StatedReason(1234, 30, "too loud");

    private static final TransportFailure FAILURE =
            new TransportFailure(TransportFailure.Kind.CERTIFICATE, true, "it is another one");

    private static List<DisconnectReason> all() {
        return List.of(
                new DisconnectReason.NeverConnected(),
                new DisconnectReason.ClientLeft(STATED),
                new DisconnectReason.ServerEnded(STATED),
                new DisconnectReason.ServerStopped(STATED),
                new DisconnectReason.Moved(STATED),
                new DisconnectReason.Replaced(),
                new DisconnectReason.TimedOut(5),
                new DisconnectReason.RequestTimedOut(SERVERS, 5),
                new DisconnectReason.ResponseTimedOut(SERVERS, 5),
                new DisconnectReason.Denied(STATED),
                new DisconnectReason.TokenExpired(30),
                new DisconnectReason.TokenInvalid("its version is 1.01"),
                new DisconnectReason.TokenFetchFailed(new TokenFetchFailure.Closed()),
                new DisconnectReason.NoAuthentication(),
                new DisconnectReason.TransportFailed("the cable is unplugged"),
                new DisconnectReason.ServerUnreachable(List.of(FAILURE)),
                new DisconnectReason.TransportClosed(FAILURE),
                new DisconnectReason.ForgottenByServer(),
                new DisconnectReason.SequenceExhausted());
    }

    @Test
    void everyReasonExplainsItselfInWholeSentences() {
        assertThat(all())
                .extracting(Object::getClass)
                .containsExactlyInAnyOrderElementsOf(
                        List.of(DisconnectReason.class.getPermittedSubclasses()));
        assertThat(all())
                .extracting(DisconnectReason::explanation)
                .allSatisfy(text -> assertThat(text).matches("[A-Z].*[^.]\\."))
                .doesNotHaveDuplicates();
    }

    @Test
    void whatAPeerStatedIsRepeated() {
        Stream.of(
                        new DisconnectReason.ClientLeft(STATED),
                        new DisconnectReason.ServerEnded(STATED),
                        new DisconnectReason.ServerStopped(STATED),
                        new DisconnectReason.Denied(STATED))
                .forEach(reason ->
                        assertThat(reason.explanation())
                                .endsWith(": too loud (code 1234, try again in 30 s)."));
        assertThat(new DisconnectReason.ServerEnded(StatedReason.NONE).explanation())
                .isEqualTo("The server ended the connection.");
        assertThat(new DisconnectReason.Denied(StatedReason.of(7, "")).explanation())
                .isEqualTo("The server denied the connection (code 7).");
    }

    @Test
    void everyServerThatWasDialledIsNamed() {
        assertThat(new DisconnectReason.RequestTimedOut(SERVERS, 5).explanation())
                .startsWith("No answer from 10.0.0.1:7777, [::1]:7777 for 5 s.");
        assertThat(new DisconnectReason.ResponseTimedOut(SERVERS, 0).explanation())
                .startsWith("The server [::1]:7777 answered the request, then nothing was heard.");
    }

    private static String timedOut(Attempt attempt) {
        return new DisconnectReason.RequestTimedOut(SERVERS, 5, 0, List.of(), attempt)
                .explanation();
    }

    @Test
    void whereNotOnePacketLeftTheTextSaysWhyAndNothingOfTheServer() {
        Map<SendFailure, String> words =
                Map.of(
                        SendFailure.UNREACHABLE,
                                "no route to 10.0.0.1:7777, [::1]:7777 (It said so)",
                        SendFailure.TOO_LARGE, "packets are too long for the way to 10.0.0.1:7777",
                        SendFailure.NOT_PERMITTED, "the system forbids packets to 10.0.0.1:7777",
                        SendFailure.BUFFER_FULL, "the system took none to 10.0.0.1:7777",
                        SendFailure.OTHER, "the system took none to 10.0.0.1:7777");
        words.forEach((failure, expected) ->
                assertThat(timedOut(new Attempt(0, Map.of(failure, 50L), "It said so", 0)))
                        .startsWith("Not one packet could leave this machine: " + expected)
                        .contains("(It said so). Check")
                        .doesNotContain("No answer"));
        assertThat(
                        timedOut(
                                new Attempt(
                                        0,
                                        Map.of(SendFailure.TOO_LARGE, 9L, SendFailure.OTHER, 1L),
                                        "x",
                                        0)))
                .contains("too long");
    }

    @Test
    void whatThisSideNoticedStandsBeforeWhatToCheck() {
        assertThat(timedOut(new Attempt(50, Map.of(SendFailure.UNREACHABLE, 7L), "No route", 0)))
                .startsWith("No answer from 10.0.0.1:7777, [::1]:7777 for 5 s.")
                .contains("7 could not even leave this machine (No route)")
                .contains("Check that the server runs");
        assertThat(timedOut(new Attempt(50, Map.of(), "", 12)))
                .contains("addresses that were not dialled (12)")
                .contains("bind it to the address that clients dial")
                .contains("Check that the server runs");
    }

    private static final Attempt GONE =
            new Attempt(0, Map.of(SendFailure.UNREACHABLE, 40L), "Network is unreachable", 0);

    @Test
    void aConnectionThatWasLostWithTheOwnNetworkSaysSo() {
        assertThat(new DisconnectReason.TimedOut(5, 0, GONE).explanation())
                .startsWith(
                        "The connection was lost because of this machine's own network: nothing was"
                                + " heard for 5 s, and meanwhile not one packet could leave it"
                                + " (Network is unreachable). Its network or its route")
                .doesNotContain("crashed");
        // A machine that slept stood still too.
        assertThat(new DisconnectReason.TimedOut(5, 60_000, GONE).explanation())
                .contains("own network");
        assertThat(new DisconnectReason.ResponseTimedOut(SERVERS, 5, 0, GONE).explanation())
                .startsWith("The server [::1]:7777 answered the request, and the rest failed")
                .contains("own network");
        Stream.of(SendFailure.TOO_LARGE, SendFailure.NOT_PERMITTED, SendFailure.OTHER)
                .map(failure -> new Attempt(0, Map.of(failure, 1L), "It said so", 0))
                .map(noticed -> new DisconnectReason.TimedOut(5, 0, noticed).explanation())
                .forEach(text -> assertThat(text).containsIgnoringCase("check").endsWith("."));
    }

    @Test
    void thePlayerReadsThatItIsHisOwnNetwork() {
        assertThat(
                        Stream.of(
                                        new DisconnectReason.TimedOut(5, 0, GONE),
                                        new DisconnectReason.TimedOut(5, 60_000, GONE),
                                        new DisconnectReason.ResponseTimedOut(SERVERS, 5, 0, GONE))
                                .map(DisconnectReason::playerMessage))
                .containsOnly("This device has lost its network connection.");
        assertThat(
                        new DisconnectReason.RequestTimedOut(SERVERS, 5, 0, List.of(), GONE)
                                .playerMessage())
                .isEqualTo("This device cannot reach the server: check its network connection.");
    }

    @Test
    void ofASilenceInWhichSomePacketsLeftTheServerMayBeTheCauseToo() {
        Attempt some = new Attempt(20, Map.of(SendFailure.UNREACHABLE, 7L), "No route", 3);
        assertThat(
                        List.of(
                                new DisconnectReason.TimedOut(5, 0, some).explanation(),
                                new DisconnectReason.ResponseTimedOut(SERVERS, 5, 0, some)
                                        .explanation()))
                .allSatisfy(text ->
                        assertThat(text)
                                .contains("7 could not even leave this machine (No route)")
                                .contains("addresses that were not dialled (3)")
                                .contains(" network ")
                                .doesNotContain("own network"));
        assertThat(new DisconnectReason.TimedOut(5, 0, some).playerMessage())
                .isEqualTo("The connection to the server was lost.");
    }

    /// A network in memory says how many, and nothing of why: there is no system behind it.
    @Test
    void whereTheSystemSaidNothingTheTextIsTheOrdinaryOne() {
        assertThat(timedOut(new Attempt(0, Map.of(SendFailure.UNREACHABLE, 50L), "", 0)))
                .isEqualTo(new DisconnectReason.RequestTimedOut(SERVERS, 5).explanation());
    }

    private static List<TokenFetchFailure> allFailures() {
        URI endpoint = URI.create("https://play.example.org");
        return List.of(
                new TokenFetchFailure.NoCredential("it is empty"),
                new TokenFetchFailure.Unreachable(endpoint, 3, "refused"),
                new TokenFetchFailure.TimedOut(endpoint, 10_000, 1, "the answer to attempt 1"),
                new TokenFetchFailure.CertificateRefused(endpoint, "it has expired"),
                new TokenFetchFailure.NotAuthenticated(""),
                new TokenFetchFailure.Forbidden("banned"),
                new TokenFetchFailure.TooManyRequests(30, ""),
                new TokenFetchFailure.NoServer(600, ""),
                new TokenFetchFailure.RequestRefused(404, ""),
                new TokenFetchFailure.ServiceFailed(500, 2, ""),
                new TokenFetchFailure.UnexpectedAnswer("it is no JSON"),
                new TokenFetchFailure.SourceFailed("it failed with java.io.IOException"),
                new TokenFetchFailure.Closed());
    }

    @Test
    void everyReasonHasOnePlainSentenceForThePlayer() {
        assertThat(allFailures())
                .extracting(Object::getClass)
                .containsExactlyInAnyOrderElementsOf(
                        List.of(TokenFetchFailure.class.getPermittedSubclasses()));
        Stream<DisconnectReason> fetching =
                allFailures().stream().map(DisconnectReason.TokenFetchFailed::new);
        assertThat(Stream.concat(all().stream(), fetching))
                .extracting(DisconnectReason::playerMessage)
                .allSatisfy(text ->
                        assertThat(text)
                                .matches("[A-Z][^.]*[a-z]\\.")
                                .hasSizeLessThan(90)
                                .doesNotContainPattern(
                                        "(?i)token|netcode|firewall|udp|certificate|update\\(|code|:\\d|https?"));
    }

    @Test
    void thePlayerReadsWhatTheGameSaysAndNotWhatHawserSaysToLogs() {
        assertThat(new DisconnectReason.ServerEnded(STATED).playerMessage())
                .isEqualTo("The server has disconnected you: too loud; try again in 30 seconds.");
        assertThat(
                        new DisconnectReason.Denied(new Refusal.Banned("cheating!", 0).stated())
                                .playerMessage())
                .isEqualTo("You are not allowed on this server: cheating!");
        assertThat(new DisconnectReason.Denied(new Refusal.Full(100).stated()).playerMessage())
                .isEqualTo("The server is full; try again in 2 minutes.");
        assertThat(
                        new DisconnectReason.Denied(new Refusal.AlreadyConnected().stated())
                                .playerMessage())
                .isEqualTo("You are connected already.");
        assertThat(new DisconnectReason.Denied(StatedReason.NONE).playerMessage())
                .isEqualTo("The server is full, or has not let you in.");
        assertThat(new DisconnectReason.ServerEnded(StatedReason.NONE).playerMessage())
                .isEqualTo("The server has disconnected you.");
        assertThat(
                        new DisconnectReason.ServerStopped(
                                        StatedReason.of(StatedReason.SERVER_STOPPED, "stopped"))
                                .playerMessage())
                .isEqualTo("The server has been stopped.");
    }

    @Test
    void aServerThatLeavesSaysWhereToGoOnAndRepeatsTheGamesWords() {
        StatedReason moved = new StatedReason(StatedReason.MOVED, 5, "an update");
        assertThat(DisconnectReason.endedByServer(moved))
                .isEqualTo(new DisconnectReason.Moved(moved));
        assertThat(new DisconnectReason.Moved(moved).explanation())
                .isEqualTo(
                        "The server goes down and sends its players to another one: an update (code"
                                + " 9, try again in 5 s). Fetch a new connect token, and connect"
                                + " with that.");
        assertThat(new DisconnectReason.Moved(moved).playerMessage())
                .isEqualTo(
                        "This server is going down, go on at another one: an update; try again in 5"
                                + " seconds.");
        var denied = new DisconnectReason.Denied(new Refusal.Draining("", 0).stated());
        assertThat(denied.refusal()).contains(new Refusal.Draining("", 0));
        assertThat(denied.explanation())
                .isEqualTo(
                        "The server denied the connection, since it is about to go down (code 8). A"
                                + " new connect token leads to another server.");
        assertThat(denied.playerMessage()).isEqualTo("This server is going down.");
    }

    @Test
    void aPauseIsNamed() {
        assertThat(new DisconnectReason.TimedOut(5, 6_240).explanation()).contains("6.2 s");
        assertThat(new DisconnectReason.ResponseTimedOut(SERVERS, 5, 6_240).explanation())
                .contains("stood still for 6.2 s");
        assertThat(
                        new DisconnectReason.RequestTimedOut(
                                        SERVERS, 5, 6_240, List.of(), Attempt.UNKNOWN)
                                .explanation())
                .contains("stood still for 6.2 s");
        assertThat(new DisconnectReason.ForgottenByServer(6_240).explanation())
                .contains("stood still for 6.2 s");
        assertThat(new DisconnectReason.ForgottenByServer(6_240).playerMessage())
                .isEqualTo(new DisconnectReason.TimedOut(5, 6_240).playerMessage());
        assertThat(new DisconnectReason.ForgottenByServer().explanation())
                .doesNotContain("stood still");
        assertThat(new DisconnectReason.RequestTimedOut(SERVERS, 5).explanation())
                .doesNotContain("stood still")
                .contains("connected already");
    }
}
