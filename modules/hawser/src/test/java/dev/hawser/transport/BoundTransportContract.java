package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.net.BindException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What every transport does that is bound to an address, and can send to any other.
abstract class BoundTransportContract extends TransportContract {
    /// {@return a transport on the loopback of the network under test}
    abstract Transport bind(int port);

    @Override
    protected List<Transport> openPair() throws IOException {
        return List.of(open(bind(0)), open(bind(0)));
    }

    @Test
    void sendingToNobodyIsNoError() {
        Transport gone = bind(0);
        assertThatCode(
                        () -> {
                            gone.open();
                            PeerAddress nobody = addressOf(gone);
                            gone.close();
                            for (int i = 0; i < 10; i++) {
                                alice.send(nobody, bytes("anybody?"));
                                alice.flush();
                                alice.receive((_, _) -> {}, 10);
                            }
                        })
                .doesNotThrowAnyException();
        send(bob, alice, "still here");
        assertThat(receive(alice, 1)).containsExactly("still here");
    }

    @Test
    void portZeroBecomesARealOne() {
        assertThat(alice.localAddress().port()).isPositive();
        assertThat(bob.localAddress().port()).isNotEqualTo(alice.localAddress().port());
    }

    @Test
    void aPortInUseIsNamedWithTheRemedy() {
        int port = alice.localAddress().port();
        assertThatThrownBy(() -> open(bind(port)))
                .isInstanceOf(BindException.class)
                .hasMessageContaining(alice.localAddress().toString())
                .hasMessageContaining("port " + port + " is in use")
                .hasMessageContaining("port 0");
    }

    @Test
    void aTransportThatCouldNotOpenIsClosedAndCanTryAgain() throws IOException {
        Transport second = bind(alice.localAddress().port());
        assertThatThrownBy(() -> open(second)).isInstanceOf(BindException.class);
        assertThat(second.isOpen()).isFalse();
        alice.close();
        second.open();
        assertThat(second.isOpen()).isTrue();
    }

    @Test
    void aClosedTransportFreesItsPortAndCanBeOpenedAgain() throws IOException {
        Transport fixed = bind(alice.localAddress().port());
        alice.await(0);
        alice.close();
        open(fixed);
        fixed.close();
        fixed.open();
        send(bob, fixed, "again");
        assertThat(receive(fixed, 1)).containsExactly("again");
    }
}
