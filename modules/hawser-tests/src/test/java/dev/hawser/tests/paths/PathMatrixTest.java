package dev.hawser.tests.paths;

import static dev.hawser.tests.rig.Table.words;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.machine.ClientState;
import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.rig.Guest;
import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Peer;
import dev.hawser.tests.rig.RawPacket;
import dev.hawser.tests.rig.RawPath;
import dev.hawser.tests.rig.Rig;
import dev.hawser.tests.rig.Sent;
import dev.hawser.tests.rig.Table;
import dev.hawser.tests.rig.Token;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Every packet of paths, resets and pings in every state, from where it belongs, from elsewhere,
/// and under a wrong key. What comes of it stands in two tables, `client-paths.txt` and
/// `server-paths.txt`, to be read beside docs/extension.md.
class PathMatrixTest {
    private static final NetAddress ELSEWHERE = NetAddress.parse("198.51.100.99:7000");
    private static final int R = 0x7000_0003;
    private static final String COLUMNS = "%-22s | %-20s | %-22s | %-29s | %-22s | %s";

    private static String line(
            String state, Enum<?> packet, String from, Drop drop, String after, String does) {
        return Table.line(COLUMNS, state, words(packet), from, drop, after, does);
    }

    private static String sends(List<Sent> sent) {
        return Table.sends(sent.stream().map(packet -> Table.TYPES.get(packet.type())).distinct());
    }

    // ---- The client

    private enum ClientPathState {
        REQUESTING,
        RESPONDING,
        CONNECTED_WITHOUT_PATH,
        CONNECTED,
        PROBING
    }

    private enum FromServer {
        PATH_REQUEST,
        CONFIRMED,
        NOTHING_HEARD,
        CHALLENGE,
        PATH_RESPONSE,
        PING,
        RESET,
        WRONG_RESET
    }

    @Test
    void theClientDoesWhatItsTableSays() throws IOException {
        List<String> lines = new ArrayList<>();
        for (ClientPathState state : ClientPathState.values()) {
            for (FromServer packet : FromServer.values()) {
                for (String from : List.of("the server", "a stranger", "a forger")) {
                    lines.add(clientLine(state, packet, from));
                }
            }
        }
        Table.compare(PathMatrixTest.class, "client-paths.txt", lines);
    }

    private static String clientLine(ClientPathState state, FromServer packet, String from) {
        Rig rig = new Rig();
        RawPath path = new RawPath(rig.privateKey(), Rig.SERVER);
        Guest guest = clientIn(state, rig, path);
        Token token = from.equals("a forger") ? rig.token().survivesMoves().mint() : guest.token();
        RawPath forged =
                from.equals("a forger") ? new RawPath(rig.privateKey(), Rig.STRANGER) : path;
        guest.receive(
                from.equals("a stranger") ? Rig.STRANGER : Rig.SERVER,
                packetForClient(packet, token, forged));
        Drop drop = guest.lastDrop();
        rig.passMillis(101);
        List<Sent> sent = guest.tick();
        return line(words(state), packet, from, drop, nameOf(guest, state), sends(sent));
    }

    private static Guest clientIn(ClientPathState state, Rig rig, RawPath path) {
        Guest guest = rig.guest();
        guest.connect(rig.token().survivesMoves().mint());
        guest.tick();
        if (state == ClientPathState.REQUESTING) {
            return guest;
        }
        guest.receiveChallenge();
        if (state == ClientPathState.RESPONDING) {
            return guest;
        }
        long pathId = path.pathId(R);
        guest.receive(
                RawPacket.KEEP_ALIVE,
                0,
                state == ClientPathState.CONNECTED_WITHOUT_PATH
                        ? Guest.slot(2, 16)
                        : Guest.slot(2, 16, pathId, path.resetWord(pathId)));
        if (state == ClientPathState.PROBING) {
            guest.machine().networkChanged(rig.nanos());
        }
        guest.tick();
        return guest;
    }

    private static byte[] packetForClient(FromServer packet, Token token, RawPath path) {
        return switch (packet) {
            case PATH_REQUEST -> sealPath(RawPacket.PATH_REQUEST, token, path);
            case PATH_RESPONSE -> sealPath(RawPacket.PATH_RESPONSE, token, path);
            case CONFIRMED -> answer(token, new byte[8]);
            case NOTHING_HEARD -> {
                byte[] ones = new byte[8];
                Arrays.fill(ones, (byte) 0xff);
                yield answer(token, ones);
            }
            case CHALLENGE -> answer(token, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
            case PING ->
                    RawPacket.seal(
                            RawPacket.PING,
                            9,
                            token.serverToClientKey(),
                            Rig.PROTOCOL_ID,
                            new byte[24]);
            case RESET -> path.reset(path.pathId(R));
            case WRONG_RESET -> path.reset(path.pathId(R + 1));
        };
    }

    private static byte[] sealPath(int type, Token token, RawPath path) {
        return RawPacket.sealPath(
                type, path.pathId(R), 9, token.serverToClientKey(), Rig.PROTOCOL_ID, new byte[16]);
    }

    private static byte[] answer(Token token, byte[] word) {
        return RawPacket.seal(
                RawPacket.PATH_ANSWER, 9, token.serverToClientKey(), Rig.PROTOCOL_ID, word);
    }

    private static String nameOf(Guest guest, ClientPathState before) {
        ClientState state = guest.state();
        if (state != ClientState.CONNECTED) {
            return guest.machine().isForgotten()
                    ? "forgotten"
                    : switch (state) {
                        case SENDING_CONNECTION_REQUEST -> words(ClientPathState.REQUESTING);
                        case SENDING_CONNECTION_RESPONSE -> words(ClientPathState.RESPONDING);
                        default -> words(state);
                    };
        }
        if (guest.machine().isProbing()) {
            return words(ClientPathState.PROBING);
        }
        return before == ClientPathState.CONNECTED_WITHOUT_PATH
                ? words(before)
                : words(ClientPathState.CONNECTED);
    }

    // ---- The server

    private enum SlotState {
        NOBODY,
        PENDING,
        UNCONFIRMED,
        CONFIRMED,
        CANDIDATE_ELSEWHERE,
        ENDED
    }

    private enum FromClient {
        PATH_REQUEST,
        RIGHT_RESPONSE,
        WRONG_RESPONSE,
        OVERTAKEN_REQUEST,
        REQUEST_OF_NOBODY,
        REQUEST_OF_A_GUESSER,
        PATH_ANSWER,
        PING,
        RESET
    }

    @Test
    void theServerDoesWhatItsTableSays() throws IOException {
        List<String> lines = new ArrayList<>();
        for (SlotState state : SlotState.values()) {
            for (FromClient packet : FromClient.values()) {
                for (String from :
                        List.of("where it is", "elsewhere", "a connected address", "a forger")) {
                    lines.add(serverLine(state, packet, from));
                }
            }
        }
        Table.compare(PathMatrixTest.class, "server-paths.txt", lines);
    }

    private static String serverLine(SlotState state, FromClient packet, String from) {
        Rig rig = new Rig();
        Host host = rig.host();
        // Somebody else plays here, at the address that a client may want to move to.
        rig.peer(rig.token(2), Rig.STRANGER).connectAndConfirmTo(host);
        RawPath path = new RawPath(rig.privateKey(), Rig.SERVER);
        Peer peer = rig.peer(rig.token().survivesMoves().mint(), Rig.CLIENT);
        long pathId = path.pathId(R);
        Sent challenge = null;
        if (state == SlotState.PENDING) {
            peer.challengeOf(host);
        } else if (state != SlotState.NOBODY) {
            pathId = peer.pathId(peer.connectTo(host));
            if (state != SlotState.UNCONFIRMED) {
                host.receive(Rig.CLIENT, peer.keepAlive(5));
            }
            if (state == SlotState.CANDIDATE_ELSEWHERE) {
                challenge = host.receive(ELSEWHERE, peer.pathRequest(pathId, 6)).getFirst();
            } else if (state == SlotState.ENDED) {
                host.receive(Rig.CLIENT, peer.disconnect(6));
            }
        }
        host.events();
        Peer sender =
                from.equals("a forger")
                        ? rig.peer(rig.token().survivesMoves().mint(), Rig.CLIENT)
                        : peer;
        List<Sent> sent =
                host.receive(
                        switch (from) {
                            case "elsewhere" -> ELSEWHERE;
                            case "a connected address" -> Rig.STRANGER;
                            default -> Rig.CLIENT;
                        },
                        packetForServer(packet, sender, path, pathId, challenge));
        Drop drop = host.lastDrop();
        String events =
                host.events().stream().map(PathMatrixTest::nameOf).collect(Collectors.joining());
        return line(words(state), packet, from, drop, words(state), events + sends(sent));
    }

    private static String nameOf(ServerEvent event) {
        return event.getClass().getSimpleName().toLowerCase(Locale.ROOT) + ", ";
    }

    private static byte[] packetForServer(
            FromClient packet, Peer sender, RawPath path, long pathId, Sent challenge) {
        return switch (packet) {
            case PATH_REQUEST -> sender.pathRequest(pathId, 9);
            case RIGHT_RESPONSE ->
                    challenge == null
                            ? sender.sealPath(RawPacket.PATH_RESPONSE, pathId, 9, new byte[16])
                            : sender.sealPath(
                                    RawPacket.PATH_RESPONSE,
                                    pathId,
                                    9,
                                    Arrays.copyOf(bodyOf(sender, challenge), 16));
            case WRONG_RESPONSE -> {
                byte[] body = new byte[16];
                body[0] = 1;
                yield sender.sealPath(RawPacket.PATH_RESPONSE, pathId, 9, body);
            }
            case OVERTAKEN_REQUEST -> sender.pathRequest(pathId, 4);
            case REQUEST_OF_NOBODY -> sender.pathRequest(path.pathId(R + 1), 9);
            case REQUEST_OF_A_GUESSER -> sender.pathRequest(path.pathId(R + 1) ^ 1L << 40, 9);
            case PATH_ANSWER -> sender.seal(RawPacket.PATH_ANSWER, 9, new byte[8]);
            case PING -> sender.seal(RawPacket.PING, 9, new byte[24]);
            case RESET -> path.reset(pathId);
        };
    }

    /// What a client makes of the challenge; a forger cannot open it.
    private static byte[] bodyOf(Peer sender, Sent challenge) {
        try {
            return challenge.openedByClient(sender.token()).body();
        } catch (AssertionError | RuntimeException e) {
            return new byte[8];
        }
    }
}
