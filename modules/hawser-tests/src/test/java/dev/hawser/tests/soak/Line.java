package dev.hawser.tests.soak;

import dev.hawser.NetClient;
import dev.hawser.local.LocalClient;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.transport.ConditionedTransport;
import dev.hawser.transport.LinkConditions;

/// What a player connects by: a client, and the link that it has to the server.
sealed interface Line {
    NetClient client();

    /// A client of a server on the network.
    record Netcode(NetcodeClient client, ConditionedTransport link) implements Line {
        /// From here on nothing gets through.
        void cut() {
            link.conditions(LinkConditions.NONE.cut(true));
        }
    }

    /// A client in the process of the server.
    record Local(LocalClient client) implements Line {}
}
