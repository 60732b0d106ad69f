package dev.hawser.tests.rules;

import static dev.hawser.protocol.machine.ClientState.CONNECTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Token;

/// A client, and the ways into its states: for the tests of its rules.
abstract class ClientRules {
    static final NetAddress SECOND = NetAddress.parse("203.0.113.6:40000");
    static final byte[] EMPTY = {};
    static final long GLOBAL = 1L << 63;

    final Rig rig = new Rig();
    final Guest guest = rig.guest();

    Token tokenOf(NetAddress... servers) {
        return rig.token().servers(servers).mint();
    }

    void connect() {
        guest.connect(tokenOf(Rig.SERVER));
        guest.tick();
    }

    void reachConnected() {
        connect();
        guest.receiveSlot();
        assertThat(guest.state()).isEqualTo(CONNECTED);
    }
}
