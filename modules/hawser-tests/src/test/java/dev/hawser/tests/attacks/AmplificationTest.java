package dev.hawser.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Token;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody sends under a stranger's address, so that the answers flood the stranger: every answer
/// is smaller than what it answers.
class AmplificationTest {
    private final Rig rig = new Rig();

    private static void assertSmaller(byte[] datagram, NetAddress from, List<Sent> answers) {
        int bytes =
                answers.stream()
                        .filter(answer -> answer.to().equals(from))
                        .mapToInt(Sent::size)
                        .sum();
        assertThat(bytes).as("bytes in answer to %d", datagram.length).isLessThan(datagram.length);
    }

    private static void exchange(Host host, NetAddress from, byte[] datagram) {
        assertSmaller(datagram, from, host.receive(from, datagram));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyAnswerIsSmallerThanWhatItAnswers(boolean statesReasons) {
        Host host =
                rig.host(config ->
                        config.maxClients(1).asksAdmission(true).sameClient(SameClient.TAKE_OVER));
        Peer peer = peer(1, Rig.EPOCH + 29, Rig.CLIENT, statesReasons);
        Sent challenge = peer.challengeOf(host);
        exchange(host, Rig.CLIENT, peer.request());
        exchange(host, Rig.CLIENT, peer.response(1, challenge));
        long entry = ((ServerEvent.Requested) host.events().getFirst()).entry();
        assertSmaller(peer.response(1, challenge), Rig.CLIENT, host.admit(entry));
        exchange(host, Rig.CLIENT, peer.keepAlive(2));
        exchange(host, Rig.CLIENT, peer.payload(3, (byte) 1));
        exchange(host, Rig.CLIENT, peer.response(4, challenge));

        Peer late = peer(2, Rig.EPOCH + 30, Rig.STRANGER, statesReasons);
        for (int i = 0; i < 4; i++) {
            exchange(host, Rig.STRANGER, late.request());
        }
        exchange(host, Rig.CLIENT, peer.disconnect(5));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRefusalIsSmallerThanTheResponseItAnswers(boolean statesReasons) {
        Host host = rig.host(config -> config.asksAdmission(true));
        Peer peer = peer(1, Rig.EPOCH + 30, Rig.CLIENT, statesReasons);
        Sent challenge = peer.challengeOf(host);
        byte[] response = peer.response(1, challenge);
        host.receive(Rig.CLIENT, response);
        long entry = ((ServerEvent.Requested) host.events().getFirst()).entry();

        assertSmaller(
                response, Rig.CLIENT, host.refuse(entry, new StatedReason(9, 9, "x".repeat(500))));
        for (int i = 2; i < 6; i++) {
            exchange(host, Rig.CLIENT, peer.response(i, challenge));
        }
    }

    private Peer peer(long clientId, long expires, NetAddress address, boolean statesReasons) {
        var draft = rig.token().clientId(clientId).expires(expires);
        Token token = (statesReasons ? draft.statesReasons() : draft).mint();
        return rig.peer(token, address);
    }

    @Test
    void everySizeOfDatagramGetsLessBack() {
        Host host = rig.host();
        byte[] request = rig.token().mint().request();
        for (int size = 1; size <= 1300; size++) {
            byte[] datagram = new byte[size];
            System.arraycopy(request, 0, datagram, 0, Math.min(size, request.length));
            exchange(host, Rig.STRANGER, datagram);
        }
        assertThat(host.receive(Rig.STRANGER, new byte[0])).isEmpty();
    }
}
