package dev.hawser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.transport.TransportFailure;
import java.util.List;
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
}
