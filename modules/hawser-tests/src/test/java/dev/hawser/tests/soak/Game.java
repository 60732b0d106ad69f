package dev.hawser.tests.soak;

import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.DisconnectReason;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.multi.MultiServer;
import dev.hawser.tests.rig.Mischief;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/// The game behind the server: decides who comes in, talks to everybody, kicks some, checks what it
/// is told, and ruins every payload that it is lent.
final class Game implements ServerHandler, ConnectionRequestHandler {
    private final Soak soak;
    private final Mischief mischief = new Mischief();
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private MultiServer server;
    private long planned;
    private int broadcasts;

    private record Due(long atNanos, long number, Runnable action) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int later = Long.compare(atNanos, other.atNanos);
            return later == 0 ? Long.compare(number, other.number) : later;
        }
    }

    Game(Soak soak) {
        this.soak = soak;
    }

    void plays(MultiServer server) {
        this.server = server;
    }

    void tick() {
        server.update();
        server.receive(this);
        while (!due.isEmpty() && due.peek().atNanos <= soak.nowNanos()) {
            due.remove().action.run();
        }
        for (ConnectedClient client : server.connectedClients()) {
            if (client.attachment() instanceof Visit visit && soak.isSomethingSaid()) {
                say(client, visit);
            }
        }
        if (soak.isSomethingToldToAll()) {
            broadcast();
        }
        server.flush();
    }

    private void say(ConnectedClient client, Visit visit) {
        SendResult result = server.send(client, soak.payload(visit.number, visit.saidByGame++));
        if (result != SendResult.SENT) {
            throw new AssertionError("something is said to " + visit + ", but: " + result);
        }
    }

    /// To all but one, now and then.
    private void broadcast() {
        List<ConnectedClient> all = new ArrayList<>(server.connectedClients());
        boolean leavesOneOut = broadcasts % 2 == 0 && !all.isEmpty();
        ConnectedClient except = leavesOneOut ? all.get(soak.random().nextInt(all.size())) : null;
        int sent = server.broadcast(except, soak.payload(NumberedPayload.EVERYBODY, broadcasts++));
        int expected = leavesOneOut ? all.size() - 1 : all.size();
        if (sent != expected) {
            throw new AssertionError("sent to " + sent + " of " + expected);
        }
    }

    private void plan(long afterNanos, Runnable action) {
        due.add(new Due(soak.nowNanos() + afterNanos, planned++, action));
    }

    // ---- What the server asks and says

    @Override
    public void onRequest(ConnectionRequest request) {
        Visit visit = soak.visitOf(request.userData());
        visit.asks(visit.isLocal ? 1 : Soak.MEMBERS);
        soak.note("game", visit, "asked, " + visit.fate.answer());
        switch (visit.fate.answer()) {
            case ACCEPT -> accept(request, visit);
            case ACCEPT_LATER -> plan(visit.fate.answerNanos(), () -> accept(request, visit));
            case REFUSE -> refuse(request, visit);
            case REFUSE_LATER -> plan(visit.fate.answerNanos(), () -> refuse(request, visit));
            case NEVER -> {}
        }
    }

    private static void accept(ConnectionRequest request, Visit visit) {
        visit.accepted();
        if (!request.accept()) {
            throw new AssertionError(request + " was answered before");
        }
    }

    private static void refuse(ConnectionRequest request, Visit visit) {
        if (!request.refuse(visit.refusal())) {
            throw new AssertionError(request + " was answered before");
        }
    }

    @Override
    public void onConnect(ConnectedClient client) {
        Visit visit = soak.visitOf(client.userData());
        soak.note("game", visit, "connect");
        visit.connects(client);
        client.attach(visit);
        if (visit.fate.ending() == Fate.Ending.KICK) {
            plan(visit.fate.talkNanos(), () -> kick(client, visit));
        }
    }

    private void kick(ConnectedClient client, Visit visit) {
        visit.isKicked = visit.isInGame();
        server.disconnect(client, visit.kick());
    }

    @Override
    public void onPayload(ConnectedClient client, ByteBuffer payload) {
        soak.heard();
        ((Visit) client.attachment()).saysToGame(payload);
        mischief.on(payload);
    }

    @Override
    public void onDisconnect(ConnectedClient client, DisconnectReason reason) {
        Visit visit = (Visit) client.attachment();
        soak.note("game", visit, reason);
        visit.endsAtGame(reason, soak.newestOf(visit));
    }
}
