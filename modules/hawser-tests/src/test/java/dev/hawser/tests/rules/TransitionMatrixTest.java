package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Table;
import dev.hawser.tests.rig.Token;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Every packet type in every state, from the right and from a wrong address, and under a wrong
/// key. What comes of it stands in two tables, `client-transitions.txt`, to be read beside
/// docs/protocol.md "Client", and `server-transitions.txt`, beside docs/protocol.md "Server".
class TransitionMatrixTest {
    private static final String COLUMNS = "%-29s | %-10s | %-10s | %-33s | %-29s | %s";

    /// Those of the standard.
    private static final List<String> TYPES = Table.TYPES.subList(0, 7);

    /// Who a packet is from.
    private enum From {
        PEER("the peer"),
        STRANGER("a stranger"),
        FORGER("a forger");

        final String text;

        From(String text) {
            this.text = text;
        }
    }

    // ---- The client

    @Test
    void theClientDoesWhatItsTableSays() throws IOException {
        List<String> lines = new ArrayList<>();
        for (ClientState state : ClientState.values()) {
            for (int type = 0; type < TYPES.size(); type++) {
                for (From from : From.values()) {
                    lines.add(clientLine(state, type, from));
                }
            }
        }
        assertThat(lines).hasSize(10 * 7 * 3);
        Table.compare(TransitionMatrixTest.class, "client-transitions.txt", lines);
    }

    private static String clientLine(ClientState state, int type, From from) {
        Rig rig = new Rig();
        Guest guest = clientIn(state, rig);
        assertThat(guest.state()).isEqualTo(state);

        Token token = from == From.FORGER ? rig.token().mint() : guest.token();
        boolean isPayload =
                guest.receive(
                        from == From.STRANGER ? Rig.STRANGER : Rig.SERVER,
                        packetForClient(type, token));
        Drop drop = guest.lastDrop();
        rig.passMillis(101);
        List<Sent> sent = guest.tick();

        return line(
                Table.words(state),
                TYPES.get(type),
                from,
                drop,
                Table.words(guest.state()),
                (isPayload ? "delivers the payload, " : "") + sends(sent));
    }

    private static Guest clientIn(ClientState state, Rig rig) {
        Guest guest = rig.guest();
        Token token =
                state == ClientState.CONNECT_TOKEN_EXPIRED
                        ? rig.token().expires(rig.unixSeconds()).mint()
                        : rig.token().mint();
        guest.connect(token);
        guest.tick();
        switch (state) {
            case SENDING_CONNECTION_REQUEST, CONNECT_TOKEN_EXPIRED -> {}
            case SENDING_CONNECTION_RESPONSE -> guest.receiveChallenge();
            case CONNECTED -> guest.receiveSlot();
            case DISCONNECTED -> {
                guest.receiveSlot();
                guest.disconnect(StatedReason.NONE);
            }
            case CONNECTION_DENIED -> guest.receive(RawPacket.DENIED, -1, new byte[0]);
            case CONNECTION_REQUEST_TIMED_OUT -> guest.idleMillis(5001);
            case CONNECTION_RESPONSE_TIMED_OUT -> {
                guest.receiveChallenge();
                guest.idleMillis(5001);
            }
            case CONNECTION_TIMED_OUT -> {
                guest.receiveSlot();
                guest.idleMillis(5001);
            }
            case INVALID_CONNECT_TOKEN ->
                    guest.machine()
                            .connect(
                                    rig.nanos(),
                                    ConnectToken.ofBytes(new byte[2048]),
                                    (_, _) -> {});
        }
        guest.tick();
        return guest;
    }

    private static byte[] packetForClient(int type, Token token) {
        byte[] body =
                switch (type) {
                    case RawPacket.CHALLENGE, RawPacket.RESPONSE -> new byte[308];
                    case RawPacket.KEEP_ALIVE -> Guest.slot(2, 16);
                    case RawPacket.PAYLOAD -> new byte[] {1};
                    default -> new byte[0];
                };
        return type == RawPacket.REQUEST
                ? token.request()
                : RawPacket.seal(type, 9, token.serverToClientKey(), Rig.PROTOCOL_ID, body);
    }

    // ---- The server

    /// What a server knows of an address.
    private enum Slot {
        NO_ENTRY("no entry"),
        PENDING("pending"),
        ASKED("pending, asked"),
        UNCONFIRMED("connected, unconfirmed"),
        CONFIRMED("connected, confirmed");

        final String text;

        Slot(String text) {
            this.text = text;
        }
    }

    @Test
    void theServerDoesWhatItsTableSays() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Slot slot : Slot.values()) {
            for (int type = 0; type < TYPES.size(); type++) {
                for (From from : From.values()) {
                    lines.add(serverLine(slot, type, from));
                }
            }
        }
        assertThat(lines).hasSize(5 * 7 * 3);
        Table.compare(TransitionMatrixTest.class, "server-transitions.txt", lines);
    }

    private static String serverLine(Slot slot, int type, From from) {
        Rig rig = new Rig();
        Host host = rig.host(config -> config.asksAdmission(slot == Slot.ASKED));
        Peer peer = rig.peer();
        // What a client of this server would answer, also where this one has not asked.
        byte[] challenge = new byte[308];
        if (slot != Slot.NO_ENTRY) {
            challenge = peer.challengeOf(host).openedByClient(peer.token()).body();
        }
        if (slot.ordinal() > Slot.PENDING.ordinal()) {
            host.receive(Rig.CLIENT, peer.responseOf(1, challenge));
        }
        if (slot == Slot.CONFIRMED) {
            host.receive(Rig.CLIENT, peer.keepAlive(2));
        }
        host.events();
        assertThat(slotOf(host, slot == Slot.ASKED)).isEqualTo(slot);

        Peer sender = from == From.FORGER ? forger(rig) : peer;
        List<Sent> sent =
                host.receive(
                        from == From.STRANGER ? Rig.STRANGER : Rig.CLIENT,
                        packetForServer(type, sender, challenge));
        Drop drop = host.lastDrop();
        List<ServerEvent> events = host.events();
        boolean isPayload = host.lastPayload() != null;
        boolean isAsked =
                slot == Slot.ASKED
                        || events.stream().anyMatch(ServerEvent.Requested.class::isInstance);
        Slot after = slotOf(host, isAsked);

        String does =
                events.stream()
                        .map(event -> event.getClass().getSimpleName() + ", ")
                        .map(text -> text.toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining());
        return line(
                slot.text,
                TYPES.get(type),
                from,
                drop,
                after.text,
                does + (isPayload ? "delivers the payload, " : "") + sends(sent));
    }

    private static Peer forger(Rig rig) {
        return rig.peer(
                rig.token().privateKey(PrivateKey.random(rig::nextBytes)).mint(), Rig.CLIENT);
    }

    private static byte[] packetForServer(int type, Peer sender, byte[] challenge) {
        return switch (type) {
            case RawPacket.REQUEST -> sender.request();
            case RawPacket.CHALLENGE, RawPacket.RESPONSE -> sender.seal(type, 9, challenge);
            case RawPacket.KEEP_ALIVE -> sender.keepAlive(9);
            case RawPacket.PAYLOAD -> sender.payload(9, (byte) 1);
            default -> sender.seal(type, 9, new byte[0]);
        };
    }

    private static Slot slotOf(Host host, boolean isAsked) {
        if (host.machine().isConnected(0)) {
            return host.send(0, new byte[] {1}).size() == 1 ? Slot.CONFIRMED : Slot.UNCONFIRMED;
        }
        if (host.machine().pendingConnections() == 0) {
            return Slot.NO_ENTRY;
        }
        return isAsked ? Slot.ASKED : Slot.PENDING;
    }

    // ---- The tables

    private static String sends(List<Sent> sent) {
        return Table.sends(sent.stream().map(packet -> TYPES.get(packet.type())));
    }

    private static String line(
            String state, String type, From from, Drop drop, String after, String does) {
        return Table.line(COLUMNS, state, type, from.text, drop, after, does);
    }
}
