package dev.hawser;

import dev.hawser.protocol.StatedReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the kinds of servers have in common: alone, or as members of a [MultiServer].
///
/// A kind says how connections are made and how payloads travel; who is connected, what waits for
/// the application and whose thread it is are here.
@SuppressWarnings("ReferenceEquality") // Servers and handles equal nothing but themselves.
abstract class MemberServer implements NetServer {
    private final List<ConnectedClient> connected = new ArrayList<>();
    private final Collection<ConnectedClient> connectedView =
            Collections.unmodifiableCollection(connected);
    private final Map<Integer, Long> refusals = new TreeMap<>();
    private final @Nullable ConnectionRequestHandler requestHandler;

    final PayloadCounters payloads = new PayloadCounters();

    /// Its own until it joins others, made when it is needed first.
    private @Nullable ServerHub hub;

    private boolean isMember;
    private volatile boolean isRunning;

    MemberServer(@Nullable ConnectionRequestHandler requestHandler) {
        this.requestHandler = requestHandler;
    }

    // ---- What a kind does

    /// Starts taking connections.
    abstract void open() throws IOException;

    /// Ends every connection and gives everything back.
    abstract void shut();

    /// One update.
    abstract void tick();

    /// Sends to one of its clients, which is connected; the size has been checked.
    abstract SendResult sendTo(MemberClient client, ByteBuffer payload);

    /// Ends the connection of one of its clients, which is connected, and calls [#removeClient].
    abstract void end(MemberClient client, StatedReason reason);

    /// Ends the connection of one of its clients, which is connected and has come back by another
    /// way, and calls [#removeClient].
    abstract void replace(MemberClient client);

    /// {@return whether there is something to wait for besides [#wakeup()]}
    abstract boolean waitsForPackets();

    abstract int receiveQueueBytes();

    /// {@return how many connects and disconnects may wait before no more packets are taken}
    abstract int eventsMax();

    // ---- Alone or together

    final ServerHub hub() {
        ServerHub hub = this.hub;
        if (hub == null) {
            ServerInbox inbox = new ServerInbox(receiveQueueBytes());
            inbox.allowEvents(eventsMax());
            hub = new ServerHub(inbox, null, null, this::wakeup);
            this.hub = hub;
        }
        return hub;
    }

    /// Makes it a member of those that share a hub.
    ///
    /// @throws IllegalStateException when it runs, or is a member already
    final void join(ServerHub shared) {
        if (isRunning || isMember) {
            throw new IllegalStateException(
                    this
                            + (isMember ? " is a member of a MultiServer" : " runs")
                            + " already: add a server that does neither");
        }
        isMember = true;
        hub = shared;
        shared.inbox.allowEvents(eventsMax());
    }

    /// Makes it a server alone again; it has stopped.
    final void leave() {
        hub().inbox.allowEvents(-eventsMax());
        isMember = false;
        hub = null;
    }

    private ServerHub hubAlone(String method) {
        if (isMember) {
            throw new IllegalStateException(
                    this + " is a member of a MultiServer: call " + method + "() there");
        }
        return hub();
    }

    // ---- Life

    @Override
    public final void start() throws IOException {
        ServerHub hub = hub();
        hub.owner.check();
        if (!isRunning) {
            open();
            isRunning = true;
            hub.started();
        }
    }

    @Override
    public final void stop() {
        ServerHub hub = hub();
        hub.owner.check();
        if (isRunning) {
            isRunning = false;
            shut();
            hub.stopped();
        }
    }

    @Override
    public final boolean isRunning() {
        return isRunning;
    }

    // ---- A tick

    @Override
    public final void update() {
        ServerHub hub = hubAlone("update");
        if (isRunning) {
            hub.owner.claim();
            hub.takeAnswers();
            tick();
        } else {
            hub.owner.check();
        }
    }

    @Override
    public final int receive(ServerHandler handler) {
        ServerHub hub = hubAlone("receive");
        hub.owner.check();
        return hub.inbox.deliver(handler);
    }

    // ---- Who comes and goes

    /// {@return whom to ask about newcomers, or null}
    final @Nullable ConnectionRequestHandler requestHandler() {
        return requestHandler != null ? requestHandler : hub().requestHandler;
    }

    /// Puts a newcomer before the application.
    final void ask(ConnectionRequestHandler handler, ConnectionRequest request) {
        hub().inbox.addRequest(handler, request);
    }

    /// A newcomer was refused by the application.
    final void refused(Refusal refusal) {
        synchronized (refusals) {
            refusals.merge(refusal.stated().code(), 1L, Long::sum);
        }
    }

    /// {@return how many newcomers the application has refused, by code}
    final Map<Integer, Long> refusals() {
        synchronized (refusals) {
            return Map.copyOf(refusals);
        }
    }

    /// Somebody has connected. If the same client is connected at another member, that connection
    /// ends: it was for the newcomer's server to say whether it may come in.
    final void addClient(MemberClient client) {
        MemberClient older = hub().ofId(client.id());
        if (older != null) {
            older.server.replace(older);
        }
        client.listIndex = connected.size();
        connected.add(client);
        hub().add(client);
    }

    final void removeClient(MemberClient client, DisconnectReason reason) {
        client.end();
        // The last one takes its place, so that nothing moves up.
        MemberClient last = (MemberClient) connected.removeLast();
        if (last != client) {
            connected.set(client.listIndex, last);
            last.listIndex = client.listIndex;
        }
        hub().remove(client, reason);
    }

    // ---- Commands

    @Override
    public final SendResult send(ConnectedClient client, ByteBuffer payload) {
        hub().owner.check();
        Payloads.check(payload, maxPayloadBytes());
        return sendChecked(own(client), payload);
    }

    private SendResult sendChecked(MemberClient client, ByteBuffer payload) {
        if (!client.isConnected()) {
            return SendResult.NOT_CONNECTED;
        }
        int bytes = payload.remaining();
        SendResult result = sendTo(client, payload);
        if (result == SendResult.SENT) {
            client.payloads.out(bytes);
            payloads.out(bytes);
        }
        return result;
    }

    @Override
    public final int broadcast(@Nullable ConnectedClient except, ByteBuffer payload) {
        hub().owner.check();
        Payloads.check(payload, maxPayloadBytes());
        int sent = 0;
        // From the end: a connection that ends meanwhile moves only those that had their turn.
        for (int i = connected.size() - 1; i >= 0; i--) {
            MemberClient client = (MemberClient) connected.get(i);
            if (client != except && sendChecked(client, payload) == SendResult.SENT) {
                sent++;
            }
        }
        return sent;
    }

    @Override
    public final void disconnect(ConnectedClient client, StatedReason reason) {
        hub().owner.check();
        MemberClient own = own(client);
        if (own.isConnected()) {
            end(own, reason);
        }
    }

    private MemberClient own(ConnectedClient client) {
        if (client instanceof MemberClient own && own.server == this) {
            return own;
        }
        throw notMine(client);
    }

    static IllegalArgumentException notMine(ConnectedClient client) {
        return new IllegalArgumentException(
                client + " is not a client of this server: use the server that it came from");
    }

    // ---- Looks

    @Override
    public final Collection<ConnectedClient> connectedClients() {
        hub().owner.check();
        return connectedView;
    }

    @Override
    public final Optional<ConnectedClient> client(ClientId id) {
        hub().owner.check();
        MemberClient client = hub().ofId(id);
        return client != null && client.server == this ? Optional.of(client) : Optional.empty();
    }
}
