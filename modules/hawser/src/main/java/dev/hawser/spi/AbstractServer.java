package dev.hawser.spi;

import dev.hawser.ClientId;
import dev.hawser.ConnectedClient;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.DisconnectReason;
import dev.hawser.NetServer;
import dev.hawser.Refusal;
import dev.hawser.SendResult;
import dev.hawser.ServerHandler;
import dev.hawser.ServerStats;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.ShownToken;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.machine.ConnectionMeter;
import dev.hawser.protocol.machine.ServerGroup;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the kinds of servers have in common: alone, or as members of a
/// [dev.hawser.multi.MultiServer]. For whoever makes a kind of connection; a game uses [NetServer].
///
/// A kind says how connections are made and how payloads travel; who is connected, what waits for
/// the application and whose thread it is are here. The package's own page says in which order a
/// kind calls what.
///
/// All methods that a kind implements are called by the thread that owns the server, except where
/// [NetServer] says otherwise.
@SuppressWarnings("ReferenceEquality") // Servers and handles equal nothing but themselves.
public abstract class AbstractServer implements NetServer {
    /// What the clients of a server that stops are told, over connections of every kind.
    protected static final StatedReason STOPPED =
            StatedReason.of(StatedReason.SERVER_STOPPED, "the server has stopped");

    /// Room for what happens between two calls of receive, whatever the number of slots.
    private static final int EVENTS_MIN = 64;

    /// The most slots of any kind, netcode's too.
    private static final int CLIENTS_MAX = 1 << 16;

    private final int maxClients;
    private final List<ConnectedClient> connected = new ArrayList<>();
    private final Collection<ConnectedClient> connectedView =
            Collections.unmodifiableCollection(connected);
    private final Map<Integer, Long> refusals = new TreeMap<>();
    private volatile int connectedClients;
    private final KeptSlots kept = new KeptSlots();
    private final Drain drain = new Drain(connected);

    private volatile long deniedConnections;
    private final @Nullable ConnectionRequestHandler requestHandler;

    final PayloadCounters payloads = new PayloadCounters();

    /// Its own until it joins others, made when it is needed first, by whichever thread: a local
    /// client's may wake a server that nobody has started.
    private volatile @Nullable ServerHub hub;

    private final Waiter waiter = new Waiter();
    private long updatesAtLimit;
    private final DropLine limitLine = new DropLine();
    private final DropLine queueLine = new DropLine();
    private boolean hasSaidEventsWait;

    /// Its name in the [dev.hawser.multi.MultiServer] that it is a member of; null alone.
    private @Nullable String memberName;

    private volatile boolean isRunning;

    /// Creates a server that does not run.
    ///
    /// @param maxClients the number of its slots, 1 to 65536
    /// @param requestHandler who decides about newcomers; null where a
    ///   [dev.hawser.multi.MultiServer] may say who, and nobody does for a server alone
    /// @throws IllegalArgumentException when `maxClients` is outside that range
    protected AbstractServer(int maxClients, @Nullable ConnectionRequestHandler requestHandler) {
        if (maxClients < 1 || maxClients > CLIENTS_MAX) {
            throw new IllegalArgumentException(
                    "maxClients is "
                            + maxClients
                            + ", but a server has from 1 to "
                            + CLIENTS_MAX
                            + " slots: for more players add servers");
        }
        this.maxClients = maxClients;
        this.requestHandler = requestHandler;
    }

    // ---- What a kind does

    /// Starts taking connections.
    ///
    /// @throws IOException when that cannot be; the message says what to do. Whatever it throws,
    ///   nothing stays open, since no [#shut()] follows
    protected abstract void open() throws IOException;

    /// Ends every connection, with [#STOPPED] as the reason and a [#removeClient] for each, and
    /// gives everything back. The server does not run any more when it is called.
    protected abstract void shut();

    /// One update.
    protected abstract void tick();

    /// The server drains from now on: newcomers who wait for an answer get none but this, as far as
    /// a kind knows them. [#objection] says it of all others by itself. Does nothing unless a kind
    /// has such newcomers.
    protected void refuseNewcomers(Refusal.Draining reason) {}

    /// {@return the time that deadlines go by, monotonic: `System.nanoTime()` unless a kind has
    /// another clock}
    protected long monotonicNanos() {
        return System.nanoTime();
    }

    /// {@return whether there is something to wait for besides [#wakeup()]: a kind that says so has
    /// its own [#await], and its own [#wakeup()] if that await is not this one}
    protected boolean waitsForPackets() {
        return false;
    }

    /// {@return the size of the queue between update and receive, in bytes: unless a kind says
    /// otherwise, what suits the number of slots}
    protected int receiveQueueBytes() {
        return Payloads.queueBytes(maxClients);
    }

    /// {@return how many connects and disconnects may wait before no more are let happen: unless a
    /// kind says otherwise, as many as happen when every client leaves and another comes, with room
    /// to spare}
    protected int eventsMax() {
        return EVENTS_MIN + 4 * maxClients;
    }

    // ---- Alone or together

    final ServerHub hub() {
        ServerHub hub = this.hub;
        return hub == null ? madeHub() : hub;
    }

    private synchronized ServerHub madeHub() {
        ServerHub hub = this.hub;
        if (hub == null) {
            ServerInbox inbox = new ServerInbox(Payloads.checkQueue(receiveQueueBytes()));
            inbox.allowEvents(eventsMax());
            hub = new ServerHub(inbox, null, null, this::wakeup);
            this.hub = hub;
        }
        return hub;
    }

    /// Makes it a member of those that share a hub.
    ///
    /// @param name of the member, for messages
    /// @throws IllegalStateException when it runs, is a member already, or has not been received
    ///   from to the end
    final void join(ServerHub shared, String name) {
        if (memberName != null) {
            throw cannotJoin(
                    name,
                    "it is the member '"
                            + memberName
                            + "' of a MultiServer already: remove it there first");
        }
        if (isRunning) {
            throw cannotJoin(name, "it runs already: stop it first");
        }
        ServerHub own = hub;
        if (own != null && !own.inbox.isEmpty()) {
            // What waits has its place in an order of its own.
            throw cannotJoin(
                    name,
                    "what has happened before its last stop was not received: call its"
                            + " receive(handler) first");
        }
        Payloads.checkMax(this, maxPayloadBytes());
        memberName = name;
        hub = shared;
        shared.inbox.allowEvents(eventsMax());
    }

    private IllegalStateException cannotJoin(String name, String why) {
        return new IllegalStateException(this + " cannot be added as '" + name + "': " + why);
    }

    /// Makes it a server alone again; it has stopped.
    final void leave() {
        hub().inbox.allowEvents(-eventsMax());
        memberName = null;
        hub = null;
    }

    private ServerHub hubAlone(String method) {
        if (memberName != null) {
            throw new IllegalStateException(
                    this
                            + " is the member '"
                            + memberName
                            + "' of a MultiServer: call "
                            + method
                            + "() there");
        }
        return hub();
    }

    // ---- Life

    @Override
    public final void start() throws IOException {
        ServerHub hub = hub();
        hub.owner.check();
        if (!isRunning) {
            Payloads.checkMax(this, maxPayloadBytes());
            open();
            isRunning = true;
            hub.started();
        }
    }

    @Override
    public final void stop() {
        ServerHub hub = hub();
        hub.owner.inherit();
        if (isRunning) {
            boolean wasDraining = drain.isOn();
            try {
                drain.sendAllOn();
            } finally {
                isRunning = false;
                drain.end();
                try {
                    shut();
                } finally {
                    forgetClients();
                    hub.stopped(wasDraining);
                }
            }
        }
    }

    /// Those that a kind left over, which no other start is to meet.
    private void forgetClients() {
        DisconnectReason stopped = new DisconnectReason.ServerStopped(STOPPED);
        while (!connected.isEmpty()) {
            removeClient((AbstractConnectedClient) connected.getLast(), stopped);
        }
        KeptSlots.of(this).forEach(client -> removeClient(client, stopped));
    }

    @Override
    public final boolean isRunning() {
        return isRunning;
    }

    @Override
    public final void drain(Duration deadline, Refusal.Draining reason) {
        hub().owner.check();
        Objects.requireNonNull(deadline, "deadline");
        Objects.requireNonNull(reason, "reason");
        long deadlineNanos = Drain.checkedNanos(deadline);
        if (isRunning) {
            drain.begin(monotonicNanos(), deadlineNanos, reason);
            refuseNewcomers(reason);
            drain.sendOn(KeptSlots.of(this));
            drain.look(monotonicNanos());
        }
    }

    @Override
    public final boolean isDraining() {
        return drain.isOn();
    }

    /// {@return whether it drains, and nobody is left}
    final boolean isDrained() {
        return drain.isOver() && kept.count() == 0;
    }

    /// {@return why nobody comes in any more; null while somebody may}
    final Refusal.@Nullable Draining draining() {
        return drain.reason();
    }

    @Override
    public final void handOver() {
        hubAlone("handOver").owner.handOver();
    }

    // ---- A tick

    @Override
    public final void update() {
        ServerHub hub = hubAlone("update");
        if (isRunning) {
            hub.owner.claim();
            hub.takeAnswers();
            step();
            if (isDrained()) {
                hub.drained();
            }
        } else {
            hub.owner.check();
        }
    }

    /// One update of what a kind does, and of what is done here.
    final void step() {
        tick();
        if (drain.isOn()) {
            drain.look(monotonicNanos());
        }
    }

    @Override
    public final int receive(ServerHandler handler) {
        ServerHub hub = hubAlone("receive");
        hub.owner.check();
        Objects.requireNonNull(handler, "handler");
        return hub.inbox.deliver(handler);
    }

    @Override
    public void await(long timeoutNanos) {
        if (isRunning) {
            claimOwner();
            waiter.await(untilDue(timeoutNanos));
        }
    }

    /// {@return how long to wait at most: less than was asked for where those who are connected
    /// have to go before. A kind with an [#await] of its own asks it}
    protected final long untilDue(long timeoutNanos) {
        return drain.isOn() ? drain.untilDue(monotonicNanos(), timeoutNanos) : timeoutNanos;
    }

    @Override
    public void wakeup() {
        waiter.wakeup();
    }

    // ---- The thread

    /// Does nothing on the thread that owns the server, and where there is none.
    ///
    /// @throws IllegalStateException when another thread owns it
    protected final void checkOwner() {
        hub().owner.check();
    }

    /// Makes the calling thread the owner, if there is none.
    ///
    /// @throws IllegalStateException when another thread is
    protected final void claimOwner() {
        hub().owner.claim();
    }

    // ---- What a kind says where it has more

    /// Does nothing; a kind that gathers what it sends overrides it, and sends that.
    @Override
    public void flush() {
        checkOwner();
    }

    /// Does nothing; a kind whose connections time out overrides it, and lets none time out.
    @Override
    public void suspendTimeouts() {
        checkOwner();
    }

    /// Does nothing; a kind whose connections time out overrides it, and lets them time out again.
    @Override
    public void resumeTimeouts() {
        checkOwner();
    }

    /// {@return none: a kind that others reach by an address says which}
    @Override
    public List<NetAddress> localAddresses() {
        return List.of();
    }

    /// {@return what netcode's packets carry, so that a game does not depend on the kind; less
    /// where a kind cannot carry that}
    @Override
    public int maxPayloadBytes() {
        return Payloads.BYTES_MAX;
    }

    // ---- Limits

    /// An update met more than it takes: that is counted ([ServerStats#updatesAtLimit()]) and said
    /// in the log, once a minute at most.
    ///
    /// @param setting the name of the limit
    /// @param value of the limit
    protected final void reachedLimit(long nowNanos, String setting, int value) {
        updatesAtLimit++;
        long updates = limitLine.due(nowNanos, updatesAtLimit);
        if (updates > 0) {
            Log.updatesAtLimit(logger(), "server", updates, setting, value);
        }
    }

    /// Says in the log that payloads found no room, where some did: once a minute at most.
    protected final void reportNotQueued(long nowNanos) {
        long notQueued = queueLine.due(nowNanos, payloads.notQueued());
        if (notQueued > 0) {
            Log.payloadsNotQueued(logger(), "NetServer", notQueued, hub().inbox.bytesMax());
        }
    }

    /// Says in the log that connects and disconnects wait for the application, once until there is
    /// room for more again ([#takesEvents()]).
    protected final void reportEventsWait() {
        if (!hasSaidEventsWait) {
            hasSaidEventsWait = true;
            Log.handlerTooSlow(logger(), hub().inbox.events());
        }
    }

    /// {@return where it logs}
    protected Logger logger() {
        return Log.logger();
    }

    // ---- Newcomers

    /// {@return whether more connects and disconnects may come: none is ever dropped, so it is up
    /// to the kind to let none happen}
    protected final boolean takesEvents() {
        boolean takes = hub().inbox.takesEvents();
        hasSaidEventsWait &= !takes;
        return takes;
    }

    /// {@return who is connected by an id, at whichever member of the
    /// [dev.hawser.multi.MultiServer]; or null}
    protected final @Nullable AbstractConnectedClient connectedAs(ClientId id) {
        return hub().ofId(id);
    }

    /// {@return why a newcomer cannot come in as things stand, or null}
    ///
    /// Things change while the application decides: a kind asks when somebody comes, and again when
    /// the answer is there.
    ///
    /// @param isFull whether every slot is taken
    protected final @Nullable Refusal objection(ClientId id, SameClient policy, boolean isFull) {
        AbstractConnectedClient older = hub().ofId(Objects.requireNonNull(id, "id"));
        if (drain.isOn()) {
            return drain.reason();
        }
        if (Objects.requireNonNull(policy, "policy") == SameClient.REFUSE && older != null) {
            return new Refusal.AlreadyConnected();
        }
        boolean freesSlot = (older != null && older.server == this) || keepsSlotFor(id);
        return isFull && !freesSlot ? new Refusal.Full(0) : null;
    }

    /// {@return whether the application decides about newcomers, here or for the
    /// [dev.hawser.multi.MultiServer]}
    protected final boolean hasRequestHandler() {
        return handler() != null;
    }

    private @Nullable ConnectionRequestHandler handler() {
        return requestHandler != null ? requestHandler : hub().requestHandler;
    }

    /// Puts a newcomer before the application, which answers now or later, from any thread. Where
    /// the application does not decide, everybody may come in, and the answer is there before this
    /// returns.
    ///
    /// @param address where it is, or null
    /// @param answer called once, by the thread that owns the server, with null when it may come
    ///   in; it may come after a stop, or when the newcomer has gone
    protected final void ask(
            ClientId id,
            UserData userData,
            @Nullable NetAddress address,
            Consumer<@Nullable Refusal> answer) {
        ask(id, userData, address, null, answer);
    }

    /// Puts a newcomer with a connect token before the application, as [#ask(ClientId, UserData,
    /// NetAddress, Consumer)] does.
    ///
    /// @param address where it is, or null
    /// @param token that it showed, or null for a kind of connection that has none
    /// @param answer called once, by the thread that owns the server, with null when it may come
    ///   in; it may come after a stop, or when the newcomer has gone
    protected final void ask(
            ClientId id,
            UserData userData,
            @Nullable NetAddress address,
            @Nullable ShownToken token,
            Consumer<@Nullable Refusal> answer) {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(userData, "userData");
        Objects.requireNonNull(answer, "answer");
        ConnectionRequestHandler handler = handler();
        if (handler == null) {
            answer.accept(null);
        } else {
            PendingRequest request = new PendingRequest(this, id, userData, address, token, answer);
            hub().inbox.addRequest(handler, request);
        }
    }

    /// Counts a newcomer that was not let in, whoever decided that
    /// ([ServerStats#deniedConnections()]).
    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the owner's thread counts.
    protected final void countDenied() {
        deniedConnections++;
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

    // ---- Who comes and goes

    /// Ends the connection of the client with this id, if there is one, at whichever member, also
    /// one whose place is kept: it has come back, and this server takes it. Its slot is free then,
    /// if it was one of this server.
    protected final void replaceOlder(ClientId id) {
        replace(hub().ofId(id));
        replace(hub().suspendedOfId(id));
    }

    private static void replace(@Nullable AbstractConnectedClient older) {
        if (older != null) {
            older.replace();
            checkEnded(older, "replace");
        }
    }

    /// Somebody has connected. If the same client is connected at another member, that connection
    /// ends: it was for the newcomer's server to say whether it may come in.
    ///
    /// @param client of this server, given to this method for the first time
    /// @throws IllegalArgumentException when it is a handle of another server
    /// @throws IllegalStateException when it was added before, no slot is free, or the server does
    ///   not run
    protected final void addClient(AbstractConnectedClient client) {
        if (client.server != this || client.hub != hub()) {
            throw new IllegalArgumentException(
                    client + " is not a handle of " + this + ": make one for each connection");
        }
        if (client.listIndex != AbstractConnectedClient.UNLISTED || !client.isConnected()) {
            throw new IllegalStateException(
                    client + " was added before: a handle is one connection, make another");
        }
        if (!isRunning) {
            throw new IllegalStateException(
                    this + " does not run, so nobody can connect: ask isRunning() first");
        }
        replaceOlder(client.id());
        if (connected.size() + kept.count() >= maxClients) {
            throw new IllegalStateException(
                    client
                            + " has no slot, all "
                            + maxClients
                            + " are taken: ask for an objection first");
        }
        client.listIndex = connected.size();
        connected.add(client);
        connectedClients = connected.size();
        hub().add(client);
    }

    /// A client goes on from another address, of a kind whose connections survive that.
    ///
    /// @param from where it was
    /// @param to where it is; its handle says so already
    /// @throws IllegalStateException when it is none of the clients that are connected here
    protected final void moveClient(
            AbstractConnectedClient client, NetAddress from, NetAddress to) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        if (client.server != this || client.listIndex == AbstractConnectedClient.UNLISTED) {
            throw new IllegalStateException(
                    client + " is not connected here: move only who was added, and is not removed");
        }
        hub().inbox.addMove(client, from, to);
    }

    /// A client fell silent, and its slot is kept for it, of a kind that keeps slots: nobody else
    /// gets it, and [#resumeClient] or [#removeClient] follows. A server that drains ends those
    /// that it has, and is not drained before the last one has ended: a kind removes such a client
    /// then instead.
    ///
    /// @throws IllegalStateException when it is none of the clients that are connected here
    protected final void suspendClient(AbstractConnectedClient client) {
        unlist(client, "suspend only who was added, and is not removed");
        kept.keep(client);
    }

    /// {@return the client with this id that goes on with its connection: one whose place is kept,
    /// or one that is connected as far as anybody knows; at whichever member; or null}
    protected final @Nullable AbstractConnectedClient resumable(ClientId id) {
        AbstractConnectedClient connected = hub().ofId(id);
        return connected != null ? connected : hub().suspendedOfId(id);
    }

    /// A client goes on with its connection at this server. Where it had it at another member, that
    /// one forgets it. Where nobody had noticed that it was lost, the application hears that first.
    ///
    /// @param client that was [#resumable]
    /// @param clientIndex its place here
    /// @param meter of the connection from here on
    /// @throws IllegalStateException when it is neither connected nor kept
    protected final void resumeClient(
            AbstractConnectedClient client,
            int clientIndex,
            UserData userData,
            ConnectionMeter meter) {
        AbstractServer before = client.server;
        if (client.isConnected()) {
            before.suspendClient(client);
        }
        if (!client.isSuspended()) {
            throw new IllegalStateException(
                    client + " has ended: ask resumable(id) who goes on with a connection");
        }
        if (before != this) {
            client.abandon();
        }
        before.kept.release();
        client.resumed(this, clientIndex, userData, meter);
        client.listIndex = connected.size();
        connected.add(client);
        connectedClients = connected.size();
        hub().resume(client);
    }

    /// Takes a client from the list; the last one takes its place, so that nothing moves up.
    private void unlist(AbstractConnectedClient client, String remedy) {
        int index = client.listIndex;
        if (client.server != this || index == AbstractConnectedClient.UNLISTED) {
            throw new IllegalStateException(client + " is not connected here: " + remedy);
        }
        AbstractConnectedClient last = (AbstractConnectedClient) connected.removeLast();
        if (last != client) {
            connected.set(index, last);
            last.listIndex = index;
        }
        connectedClients = connected.size();
    }

    /// The connection of a client has ended.
    ///
    /// @throws IllegalStateException when it is none of the clients that are connected here
    protected final void removeClient(AbstractConnectedClient client, DisconnectReason reason) {
        Objects.requireNonNull(reason, "reason");
        if (KeptSlots.isKept(this, client)) {
            kept.release();
        } else {
            unlist(client, "remove each that was added, once");
        }
        client.ended();
        hub().remove(client, reason);
    }

    /// Wakes the thread that owns the server, or the [dev.hawser.multi.MultiServer] that it is a
    /// member of. Any thread may call it.
    protected final void wakeOwner() {
        hub().wakeup();
    }

    /// {@return what the netcode members of one [dev.hawser.multi.MultiServer] share, their memory
    /// of tokens among it; null for a server alone. Only netcode has use for it}
    protected final @Nullable ServerGroup netcodeGroup() {
        return hub().group;
    }

    // ---- Commands

    @Override
    public final SendResult send(ConnectedClient client, ByteBuffer payload) {
        hub().owner.check();
        Payloads.check(payload, maxPayloadBytes());
        return sendChecked(own(client), payload);
    }

    private SendResult sendChecked(AbstractConnectedClient client, ByteBuffer payload) {
        if (!client.isConnected()) {
            return SendResult.NOT_CONNECTED;
        }
        int bytes = payload.remaining();
        SendResult result = client.sendChecked(payload);
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
            AbstractConnectedClient client = (AbstractConnectedClient) connected.get(i);
            if (client != except && sendChecked(client, payload) == SendResult.SENT) {
                sent++;
            }
        }
        return sent;
    }

    @Override
    public final void disconnect(ConnectedClient client, StatedReason reason) {
        hub().owner.check();
        Objects.requireNonNull(reason, "reason");
        AbstractConnectedClient own = own(client);
        if (own.isConnected() || own.isSuspended()) {
            own.end(reason);
            checkEnded(own, "end");
            own.dismiss();
        }
    }

    static void checkEnded(AbstractConnectedClient client, String method) {
        if (client.isConnected() || client.isSuspended()) {
            throw new IllegalStateException(
                    method + "() of " + client + " must call removeClient(…) before it returns");
        }
    }

    /// {@return the index of a slot}
    ///
    /// @throws IllegalArgumentException when there is no such slot
    final int checkIndex(int clientIndex) {
        if (clientIndex < 0 || clientIndex >= maxClients) {
            throw new IllegalArgumentException(
                    "clientIndex is "
                            + clientIndex
                            + ", but "
                            + this
                            + " has the slots 0 to "
                            + (maxClients - 1)
                            + ": give the lowest free one");
        }
        return clientIndex;
    }

    private AbstractConnectedClient own(ConnectedClient client) {
        if (client instanceof AbstractConnectedClient own && own.server == this) {
            return own;
        }
        throw notMine(client);
    }

    static IllegalArgumentException notMine(ConnectedClient client) {
        return new IllegalArgumentException(
                client + " is not a client of this server: use the server that it came from");
    }

    // ---- Looks

    /// {@return a snapshot with what is counted here: slots, clients, who was denied and refused,
    /// payloads, updates at their limit. A kind adds what it knows, and builds it}
    protected final ServerStats.Builder counted() {
        return ServerStats.builder()
                .maxClients(maxClients)
                .connectedClients(connectedClients)
                .suspendedClients(kept.count())
                .deniedConnections(deniedConnections)
                .refusals(refusals())
                .payloadsOut(payloads.out())
                .payloadBytesOut(payloads.bytesOut())
                .payloadsIn(payloads.in())
                .payloadBytesIn(payloads.bytesIn())
                .payloadsNotQueued(payloads.notQueued())
                .updatesAtLimit(updatesAtLimit);
    }

    /// {@return what is counted here; a kind that knows more overrides it}
    @Override
    public ServerStats stats() {
        return counted().build();
    }

    @Override
    public final Collection<ConnectedClient> connectedClients() {
        hub().owner.check();
        return connectedView;
    }

    /// {@return how many slots are free: neither taken, nor kept for a client that fell silent}
    public final int freeSlots() {
        hub().owner.check();
        return maxClients - connected.size() - kept.count();
    }

    /// {@return whether a slot is kept here for a client that fell silent: it is that client's,
    /// also where it comes back as somebody new, without going on with its connection}
    public final boolean keepsSlotFor(ClientId id) {
        hub().owner.check();
        return KeptSlots.of(this, Objects.requireNonNull(id, "id")) != null;
    }

    /// {@return the clients whose slots are kept here, in no order}
    protected final List<AbstractConnectedClient> suspendedClients() {
        hub().owner.check();
        return KeptSlots.of(this);
    }

    @Override
    public final Optional<ConnectedClient> client(ClientId id) {
        hub().owner.check();
        AbstractConnectedClient client = hub().ofId(Objects.requireNonNull(id, "id"));
        return client != null && client.server == this ? Optional.of(client) : Optional.empty();
    }
}
