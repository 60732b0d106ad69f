package dev.hawser.backend.registry;

import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.TokenTag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The servers there are, and the slots of them that are reserved.
///
/// It asks no clock: time is an argument, in nanoseconds that start at 0 and never run backwards.
/// Whatever is late (silent servers, reservations of players who never came) goes at the next call;
/// of players that came and went a few tokens are kept. Not for several threads.
final class Fleet {
    private static final Comparator<KnownServer> SILENT_FIRST =
            Comparator.<KnownServer>comparingLong(server -> server.silentAtNanos)
                    .thenComparing(server -> server.id);
    private static final Comparator<HeldSlot> EXPIRES_FIRST =
            Comparator.<HeldSlot>comparingLong(slot -> slot.expiresAtNanos)
                    .thenComparingLong(slot -> slot.number);

    private final int serversMax;

    /// By name, for lists in parts.
    private final NavigableMap<String, KnownServer> servers = new TreeMap<>();

    private final TreeSet<KnownServer> bySilence = new TreeSet<>(SILENT_FIRST);
    private final ServerOrder order = new ServerOrder();

    /// A player has one slot at most.
    private final Map<Long, HeldSlot> slots = new HashMap<>();

    /// Where players are connected, as far as servers have said so.
    private final Map<Long, KnownServer> connectedAt = new HashMap<>();

    private final TreeSet<HeldSlot> byExpiry = new TreeSet<>(EXPIRES_FIRST);

    /// Where players were sent whom no server has told of yet, or not any more.
    private final MintedTokens tokens;

    private long reservations;

    Fleet(int serversMax, int tokensMax) {
        this.serversMax = serversMax;
        tokens = new MintedTokens(tokensMax);
    }

    /// Drops what is late.
    void handleTimeout(long nowNanos) {
        while (!byExpiry.isEmpty() && byExpiry.first().expiresAtNanos <= nowNanos) {
            end(byExpiry.first());
        }
        while (!bySilence.isEmpty() && bySilence.first().silentAtNanos <= nowNanos) {
            drop(bySilence.first());
        }
    }

    /// Takes what a server says of itself. The slots that it has reserved stay reserved, but for
    /// those of clients that it says have connected.
    ///
    /// @param isDraining whether nobody is to be sent there
    /// @param silentAtNanos when it is to be dropped; [KnownServer#NEVER] stays so
    /// @throws IllegalStateException when there are too many servers already
    void announce(
            ServerAnnouncement announcement,
            boolean isDraining,
            long nowNanos,
            long silentAtNanos) {
        KnownServer server = servers.get(announcement.serverId());
        if (server == null) {
            server = new KnownServer(announcement, silentAtNanos);
            server.isDraining = isDraining;
            server.heardNanos = nowNanos;
            add(server);
            noteClients(server);
            return;
        }
        order.remove(server);
        bySilence.remove(server);
        server.announced = announcement;
        server.isDraining = isDraining;
        server.heardNanos = nowNanos;
        if (server.silentAtNanos != KnownServer.NEVER) {
            server.silentAtNanos = silentAtNanos;
        }
        bySilence.add(server);
        order.add(server);
        noteClients(server);
    }

    /// Who has come takes the slot that was reserved for him, and who has gone leaves one behind.
    private void noteClients(KnownServer server) {
        for (long clientId : server.announced.connectedSince()) {
            tokens.noteConnected(clientId, server.id);
            HeldSlot slot = slots.get(clientId);
            if (slot != null && slot.server == server && !slot.isOwn) {
                end(slot);
            }
            KnownServer former = connectedAt.put(clientId, server);
            if (former != null) {
                former.connected.remove(clientId);
            }
            server.connected.addLast(clientId);
        }
        for (long clientId : server.announced.disconnectedSince()) {
            tokens.noteLeft(clientId, server.id);
            disconnected(clientId, server);
        }
        // Somebody left without a word of it: most likely who was told of longest ago.
        while (server.connected.size() > server.taken()) {
            disconnected(server.connected.getFirst(), server);
        }
    }

    private void disconnected(long clientId, KnownServer server) {
        if (!server.connected.remove(clientId)) {
            return;
        }
        connectedAt.remove(clientId);
        HeldSlot slot = slots.get(clientId);
        if (slot != null && slot.server == server && slot.isOwn) {
            // The slot that he was promised is free, and stays his.
            end(slot);
            slot.isOwn = false;
            hold(slot);
        }
    }

    private void add(KnownServer server) {
        if (servers.size() >= serversMax) {
            throw new IllegalStateException(
                    "server "
                            + server.id
                            + " is one more than the "
                            + serversMax
                            + " that this registry takes: raise serversMax");
        }
        servers.put(server.id, server);
        bySilence.add(server);
        order.add(server);
    }

    void withdraw(String serverId) {
        KnownServer server = servers.get(serverId);
        if (server != null) {
            drop(server);
        }
    }

    /// Sends nobody there any more, but players who go on with a connection.
    ///
    /// @return the start of the server; empty when it is not known
    Optional<ServerStart> drain(String serverId) {
        KnownServer server = servers.get(serverId);
        if (server == null) {
            return Optional.empty();
        }
        order.remove(server);
        server.isDraining = true;
        order.add(server);
        return Optional.of(new ServerStart(server.id, server.announced.startId()));
    }

    private void drop(KnownServer server) {
        List.copyOf(server.held).forEach(this::end);
        server.connected.forEach(connectedAt::remove);
        order.remove(server);
        bySilence.remove(server);
        servers.remove(server.id);
    }

    // ---- Slots

    /// Chooses servers and keeps a slot at the first. A player who has one gives it up for this
    /// one, which is at the same server while that will do. A server that is full is not so to
    /// whoever is connected there: his own slot is the one that he gets. Who goes on with a
    /// connection is sent to the server that has it before all others, and needs no free slot. Who
    /// names a token of which no server has said that he came keeps what is reserved for him, and
    /// has nothing when that is over: so nobody gets a slot by asking twice.
    ///
    /// @param expiresAtNanos of the reservation
    /// @param lifetimeSeconds of the token
    Optional<Reservation> reserve(
            ReservationRequest request, long expiresAtNanos, long lifetimeSeconds) {
        HeldSlot former = slots.get(request.clientId());
        if (former != null) {
            end(former);
        }
        Places places = places(request, former);
        Optional<ServerChoice> choice = choose(request, lifetimeSeconds, places);
        if (choice.isEmpty() && former != null) {
            hold(former);
        }
        return choice.map(chosen -> {
            KnownServer first = chosen.servers().getFirst();
            HeldSlot slot =
                    new HeldSlot(
                            reservations++,
                            request.clientId(),
                            first,
                            expiresAtNanos,
                            first == places.own && places.isThere);
            hold(slot);
            return new Reservation(
                    Long.toString(slot.number),
                    slot.clientId,
                    chosen.servers().stream().map(server -> server.announced).toList(),
                    chosen.keyId());
        });
    }

    /// Where a player has been, as far as that matters to where he is sent.
    ///
    /// @param own where he has a slot, and needs no free one; null for nowhere
    /// @param isThere whether a server has said so, and counts it as taken; else it is reserved
    /// @param home which has the connection that he goes on with; null where he does not, or nobody
    ///   knows
    /// @param former where he was sent before; null for nowhere
    private record Places(
            @Nullable KnownServer own,
            boolean isThere,
            @Nullable KnownServer home,
            @Nullable KnownServer former) {}

    private Places places(ReservationRequest request, @Nullable HeldSlot slot) {
        KnownServer former = slot == null ? null : slot.server;
        KnownServer connected = connectedAt.get(request.clientId());
        if (request.resumes().isEmpty()) {
            boolean isFull = connected != null && connected.room() <= 0;
            return new Places(isFull ? connected : null, true, null, former);
        }
        MintedTokens.Sent sent = tokens.sent(request.resumes().get(), request.clientId());
        KnownServer last = sent == null ? null : servers.get(sent.serverId());
        if (sent != null && !sent.hasLeft()) {
            boolean isThere = sent.hasCome() || (last != null && last == connected);
            // What the server will say of him is on its way at most, and what is reserved for him
            // lasts longer than that.
            boolean isReserved = last != null && last == former;
            return new Places(isThere || isReserved ? last : null, isThere, last, former);
        }
        return connected == null
                ? new Places(null, false, last, former)
                : new Places(connected, true, connected, former);
    }

    private Optional<ServerChoice> choose(
            ReservationRequest request, long lifetimeSeconds, Places places) {
        Predicate<KnownServer> fits =
                server ->
                        server.announced.protocolId() == request.protocolId()
                                && !server.isDraining
                                && accepts(server, lifetimeSeconds)
                                && !ServerChoice.shared(request.keyIds(), server).isEmpty();
        Stream<KnownServer> inOrder = order.from(request.protocolId(), request.region());
        KnownServer own = places.own;
        if (own != null && own.room() <= 0 && fits.test(own)) {
            inOrder = Stream.concat(inOrder, Stream.of(own));
        }
        KnownServer best = best(request, places, fits);
        if (best != null) {
            inOrder = Stream.concat(Stream.of(best), inOrder.filter(server -> server != best));
        }
        return ServerChoice.of(inOrder.filter(fits), request.keyIds(), request.serversMax());
    }

    /// {@return the server that comes before those with more room; null for none}
    private @Nullable KnownServer best(
            ReservationRequest request, Places places, Predicate<KnownServer> fits) {
        KnownServer home = places.home;
        if (home != null && (home == places.own || home.room() > 0) && fits.test(home)) {
            return home;
        }
        KnownServer best = places.former == null ? places.own : places.former;
        return best != null && staysAt(best, best == places.own, request, fits) ? best : null;
    }

    /// Whoever asks again may be on the way to where it was sent before, so it is sent there again,
    /// unless it had to go to another region and has not any longer.
    private boolean staysAt(
            KnownServer server,
            boolean isOwn,
            ReservationRequest request,
            Predicate<KnownServer> fits) {
        String region = request.region();
        boolean isCandidate = (isOwn || server.room() > 0) && fits.test(server);
        if (!isCandidate) {
            return false;
        }
        return region.isEmpty()
                || server.announced.region().equals(region)
                || order.from(request.protocolId(), region)
                        .filter(fits)
                        .findFirst()
                        .filter(best -> best.announced.region().equals(region))
                        .isEmpty();
    }

    private static boolean accepts(KnownServer server, long lifetimeSeconds) {
        int lifetimeSecondsMax = server.announced.maxConnectTokenLifetimeSeconds();
        return lifetimeSecondsMax == 0 || lifetimeSeconds <= lifetimeSecondsMax;
    }

    void release(Reservation reservation) {
        HeldSlot slot = slots.get(reservation.clientId());
        if (slot != null && Long.toString(slot.number).equals(reservation.id())) {
            end(slot);
        }
    }

    private void hold(HeldSlot slot) {
        KnownServer server = slot.server;
        order.remove(server);
        server.held.add(slot);
        server.reserved += slot.isOwn ? 0 : 1;
        order.add(server);
        slots.put(slot.clientId, slot);
        byExpiry.add(slot);
    }

    private void end(HeldSlot slot) {
        KnownServer server = slot.server;
        order.remove(server);
        server.held.remove(slot);
        server.reserved -= slot.isOwn ? 0 : 1;
        order.add(server);
        slots.remove(slot.clientId);
        byExpiry.remove(slot);
    }

    // ---- Looks

    List<ServerAnnouncement> servers() {
        List<ServerAnnouncement> all = new ArrayList<>();
        servers.values().forEach(server -> all.add(server.announced));
        return all;
    }

    Optional<ListedServer> find(String serverId, long nowNanos) {
        KnownServer server = servers.get(serverId);
        return server == null ? Optional.empty() : Optional.of(listed(server, nowNanos));
    }

    private static ListedServer listed(KnownServer server, long nowNanos) {
        boolean isConfigured = server.silentAtNanos == KnownServer.NEVER;
        long silentNanos = isConfigured ? 0 : nowNanos - server.heardNanos;
        return new ListedServer(
                server.announced,
                server.reserved,
                server.isDraining,
                (int) TimeUnit.NANOSECONDS.toSeconds(silentNanos));
    }

    /// {@return servers in the order of their names}
    ///
    /// @param after the name before the first
    Page<ListedServer> servers(String after, int max, long nowNanos) {
        return Page.of(
                servers.tailMap(after, false).values(),
                max,
                server -> server.id,
                server -> listed(server, nowNanos));
    }

    int reservations() {
        return slots.size();
    }

    /// Remembers where a player was sent with a token.
    void minted(Reservation reservation, TokenTag tag) {
        String serverId = reservation.servers().getFirst().serverId();
        HeldSlot slot = slots.get(reservation.clientId());
        boolean isThere = slot != null && slot.isOwn && slot.server.id.equals(serverId);
        tokens.add(tag, reservation.clientId(), serverId, isThere);
    }

    boolean mayResume(long clientId, TokenTag former) {
        return !tokens.isOfAnother(former, clientId);
    }

    int tokens() {
        return tokens.size();
    }

    int reservationsAt(String serverId) {
        KnownServer server = servers.get(serverId);
        return server == null ? 0 : server.held.size();
    }
}
