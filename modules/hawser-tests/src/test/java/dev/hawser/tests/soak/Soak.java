package dev.hawser.tests.soak;

import dev.hawser.Authentication;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.UserData;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.testkit.SeededRandom;
import dev.hawser.testkit.VirtualClock;
import dev.hawser.transport.ConditionedTransport;
import dev.hawser.transport.LinkConditions;
import dev.hawser.transport.MemoryNetwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/// A server of three members and 64 players in bad weather. Everything follows from the seed, but
/// for keys and other bytes that decide nothing.
///
/// It starts with a rush, in which more is said by more players than ever after: what grows with
/// the largest crowd has grown then, and what grows later is a leak.
final class Soak {
    static final int MEMBERS = 2;
    static final int TOKEN_SECONDS = 15;

    private static final int TICK_MILLIS = 50;
    private static final int TICKS_PER_SECOND = 1_000 / TICK_MILLIS;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long PROTOCOL_ID = 0x50a4;
    private static final int NETCODE_PLAYERS = 60;
    private static final int LOCAL_PLAYERS = 4;

    /// Somewhat less than there are players.
    private static final int SLOTS = 24;

    private static final int LOCAL_SLOTS = 3;

    private static final double LEAVE_CHANCE = 0.05;

    private static final List<NetAddress> ADDRESSES =
            List.of(NetAddress.parse("10.0.0.1:7777"), NetAddress.parse("10.0.0.2:7777"));
    private static final int FIRST_HOST = 0x0a010000;
    private static final long CANARY_ID = 1_000;

    /// What is sent meets this at the sender.
    private static final LinkConditions OUTBOUND =
            LinkConditions.NONE
                    .latencyMillis(20)
                    .jitterMillis(40)
                    .loss(0.25)
                    .duplication(0.25)
                    .reordering(0.1);

    /// And this at the receiver.
    private static final LinkConditions INBOUND =
            LinkConditions.NONE.latencyMillis(10).jitterMillis(20).reordering(0.05);

    /// A process connects with a token once, so every soak has tokens of its own; nothing else
    /// follows from them.
    private static final AtomicLong TOKENS = new AtomicLong();

    final List<ConditionedTransport> serverLinks = new ArrayList<>();
    final MemoryNetwork network = new MemoryNetwork();
    final MultiServer server;
    final Log log = new Log();

    private final VirtualClock clock = new VirtualClock();
    private final SeededRandom random;
    private final SeededRandom tokenRandom = new SeededRandom(TOKENS.incrementAndGet());
    private final PrivateKey key = PrivateKey.random(tokenRandom);
    private final TokenMint mint = new TokenMint(key, PROTOCOL_ID, tokenRandom, clock);
    private final Fates fates;
    private final Fates localFates;
    private final LocalServer localServer;
    private final Game game = new Game(this);
    private final List<Player> players = new ArrayList<>();
    private final List<Visit> visits = new ArrayList<>();
    private final Map<Long, Visit> newestOfId = new HashMap<>();
    private final int[] visitsInSecond = new int[700];
    private final ByteBuffer payload = ByteBuffer.allocate(NumberedPayload.BYTES_MAX);
    private int hosts;
    private double sayChance;
    private int ticksPerBroadcast = TICKS_PER_SECOND;
    private long restMillisMax;
    private long talkMillisMax;
    private boolean isClosing;

    /// What happened, as a number and in numbers.
    static final class Log {
        final Map<String, Integer> counts = new TreeMap<>();
        long digest;
        long payloadsAtGame;

        private void add(String text) {
            digest = digest * 31 + text.hashCode();
        }
    }

    Soak(long seed) throws IOException {
        random = new SeededRandom(seed);
        fates = new Fates(random.split());
        localFates = new Fates(random.split());
        localServer =
                LocalServer.builder()
                        .maxClients(LOCAL_SLOTS)
                        .sameClient(SameClient.TAKE_OVER)
                        .build();
        server =
                MultiServer.builder()
                        .add("east", netcodeServer(ADDRESSES.get(0)))
                        .add("west", netcodeServer(ADDRESSES.get(1)))
                        .add("local", localServer)
                        .connectionRequests(game)
                        .build();
        game.plays(server);
        server.start();
        for (int i = 1; i <= NETCODE_PLAYERS + LOCAL_PLAYERS; i++) {
            restMillisMax = 1_000;
            players.add(new Player(this, i, i > NETCODE_PLAYERS));
        }
    }

    private NetcodeServer netcodeServer(NetAddress address) {
        ConditionedTransport link = link(address);
        serverLinks.add(link);
        return NetcodeServer.builder()
                .transport(link)
                .protocolId(PROTOCOL_ID)
                .privateKey(key)
                .maxClients(SLOTS)
                .maxConnectTokenLifetime(Duration.ofSeconds(TOKEN_SECONDS))
                .sameClient(SameClient.TAKE_OVER)
                .monotonicClock(clock::nanos)
                .wallClock(clock)
                .random(random.split())
                .build();
    }

    private ConditionedTransport link(NetAddress address) {
        return ConditionedTransport.builder(network.bind(address))
                .seed(random.nextLong())
                .outbound(OUTBOUND)
                .inbound(INBOUND)
                .monotonicClock(clock::nanos)
                .build();
    }

    // ---- How time passes

    /// More of everything than later.
    void rush(int seconds) {
        sayChance = 1;
        ticksPerBroadcast = 2;
        restMillisMax = 800;
        talkMillisMax = 20_000;
        pass(seconds);
    }

    /// As usual.
    void bustle(int seconds) {
        sayChance = 0.4;
        ticksPerBroadcast = TICKS_PER_SECOND;
        restMillisMax = 5_000;
        talkMillisMax = 30_000;
        pass(seconds);
    }

    /// Everybody leaves, and time passes until everything may be forgotten.
    ///
    /// @param seconds how long it takes in all
    void quieten(int seconds) {
        long endMillis = clock.elapsedMillis() + seconds * 1_000L;
        isClosing = true;
        while (!players.stream().allMatch(Player::isAway)) {
            if (clock.elapsedMillis() >= endMillis) {
                throw new AssertionError("somebody does not leave");
            }
            tick();
        }
        players.forEach(Player::closeIdle);
        pass(TOKEN_SECONDS + 1);
        // A history forgets when somebody new comes.
        visitOfCanary();
        pass((int) ((endMillis - clock.elapsedMillis()) / 1_000));
        isClosing = false;
    }

    private void visitOfCanary() {
        Fate fate = new Fate(Fate.Answer.ACCEPT, 0, Fate.Ending.LEAVE, 0);
        Visit visit = begin(CANARY_ID, false, fate);
        Presence presence = new Presence(this, visit, netcodeLine(visit));
        for (int i = 0; presence.stage() != Presence.Stage.OVER; i++) {
            if (i > 10 * TICKS_PER_SECOND) {
                throw new AssertionError("nobody can come in any more: " + server.stats());
            }
            presence.tick();
            tick();
        }
        if (!visit.wasConnected()) {
            throw new AssertionError("nobody is let in any more: " + server.stats());
        }
        presence.line.client().close();
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds * TICKS_PER_SECOND; i++) {
            tick();
        }
    }

    private void tick() {
        clock.advanceMillis(TICK_MILLIS);
        players.forEach(Player::tick);
        game.tick();
        if (clock.elapsedMillis() % 1_000 == 0) {
            checkTokenHistory();
        }
    }

    /// What is remembered came lately, or nobody has come since who would have made it forget: each
    /// token once for each place in it.
    private void checkTokenHistory() {
        int lately = 0;
        int second = (int) (clock.elapsedMillis() / 1_000);
        for (int i = Math.max(0, second - TOKEN_SECONDS - 5); i <= second; i++) {
            lately += visitsInSecond[i];
        }
        int remembered = server.stats().rememberedTokens();
        if (!isClosing && remembered > MEMBERS * lately) {
            throw new AssertionError(remembered + " tokens remembered, of " + lately);
        }
    }

    // ---- What players ask for

    long nowNanos() {
        return clock.nanos();
    }

    SeededRandom random() {
        return random;
    }

    boolean isClosing() {
        return isClosing;
    }

    /// {@return whether one of those who have to leave does so now: a few in a tick, or their
    /// goodbyes would be a larger crowd than any}
    boolean isLeavingNow() {
        return isClosing && random.chance(LEAVE_CHANCE);
    }

    boolean isSomethingToldToAll() {
        return clock.elapsedMillis() / TICK_MILLIS % ticksPerBroadcast == 0;
    }

    boolean isSomethingSaid() {
        return random.chance(sayChance);
    }

    ByteBuffer payload(int owner, int number) {
        return NumberedPayload.write(payload, owner, number);
    }

    long restNanos() {
        return random.nextLong(200, restMillisMax) * NANOS_PER_MILLI;
    }

    Visit beginVisit(long clientId, boolean isLocal) {
        return begin(clientId, isLocal, (isLocal ? localFates : fates).next(talkMillisMax));
    }

    private Visit begin(long clientId, boolean isLocal, Fate fate) {
        Visit visit = new Visit(visits.size() + 1, clientId, isLocal, random.chance(0.5), fate);
        visits.add(visit);
        newestOfId.put(clientId, visit);
        visitsInSecond[(int) (clock.elapsedMillis() / 1_000)]++;
        return visit;
    }

    Line localLine(Visit visit) {
        return new Line.Local(
                LocalClient.builder(localServer)
                        .id(visit.clientId)
                        .userData(userData(visit))
                        .build());
    }

    Line.Netcode netcodeLine(Visit visit) {
        ConditionedTransport link = link(NetAddress.ipv4(FIRST_HOST + hosts++, 40_000));
        NetcodeClient client =
                NetcodeClient.builder()
                        .transport(link)
                        .authentication(new Authentication.Token(token(visit)))
                        .monotonicClock(clock::nanos)
                        .build();
        return new Line.Netcode(client, link);
    }

    Line withToken(Line.Netcode line, Visit visit) {
        line.client().authentication(new Authentication.Token(token(visit)));
        return line;
    }

    private ConnectToken token(Visit visit) {
        int first = random.nextInt(MEMBERS);
        return mint.mint(
                TokenRequest.builder(visit.clientId)
                        .server(ADDRESSES.get(first))
                        .server(ADDRESSES.get(1 - first))
                        .lifetimeSeconds(TOKEN_SECONDS)
                        .statesReasons(visit.statesReasons)
                        .userData(userData(visit))
                        .build());
    }

    // ---- What is noted down

    private static UserData userData(Visit visit) {
        return UserData.ofText(String.valueOf(visit.number));
    }

    Visit visitOf(UserData userData) {
        return visits.get(Integer.parseInt(userData.text()) - 1);
    }

    Visit newestOf(Visit visit) {
        return newestOfId.get(visit.clientId);
    }

    void note(String where, Visit visit, Object what) {
        String kind = what instanceof String text ? text : what.getClass().getSimpleName();
        String count = where + (visit.isLocal ? ", local: " : ": ") + kind;
        log.counts.merge(count, 1, Integer::sum);
        log.add(clock.elapsedMillis() + " " + visit.number + " " + count + what);
    }

    void heard() {
        log.payloadsAtGame++;
        log.add(String.valueOf(log.payloadsAtGame));
    }
}
