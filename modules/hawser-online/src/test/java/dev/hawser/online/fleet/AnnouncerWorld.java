package dev.hawser.online.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.hawser.Authentication;
import dev.hawser.ConnectionRequest;
import dev.hawser.ConnectionRequestHandler;
import dev.hawser.NetServer;
import dev.hawser.Resume;
import dev.hawser.TestLog;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.netcode.NetcodeServer;
import dev.hawser.online.http.TestService;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.WallClock;
import dev.hawser.time.SystemClock;
import dev.hawser.transport.MemoryNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A server in virtual time, its clients, and its announcer, which talks to a real service over
/// loopback.
final class AnnouncerWorld implements AutoCloseable {
    static final String CREDENTIAL = "the-credential-of-the-servers";
    static final NetAddress ADDRESS = NetAddress.parse("10.0.0.1:7777");
    static final long PROTOCOL_ID = 0x8000_0000_0000_0001L;
    static final long SECOND = 1_000_000_000L;

    private static final long STEP_NANOS = SECOND / 20;
    private static final long REAL_SECONDS_MAX = 120;

    /// How often it is looked whether the service has answered, which needs the processor too.
    private static final long LOOK_NANOS = 100_000;

    final PrivateKey key = PrivateKey.random(new Random(1)::nextBytes);
    final TestLog log = new TestLog();
    final MemoryNetwork network = new MemoryNetwork();
    private final WallClock wallClock = () -> 1_800_000_000L + this.nowNanos / SECOND;

    /// By how much the clock of the server's machine is wrong.
    long wallAheadSeconds;

    private final List<NetcodeClient> clients = new ArrayList<>();
    long nowNanos;
    final NetcodeServer server;
    private ServerAnnouncer announcer;
    private NetServer updated;
    private int hosts = 1;

    AnnouncerWorld(int maxClients) {
        this(maxClients, Duration.ZERO);
    }

    AnnouncerWorld(int maxClients, Duration keepSlotFor) {
        this(maxClients, keepSlotFor, ConnectionRequest::accept);
    }

    AnnouncerWorld(int maxClients, Duration keepSlotFor, ConnectionRequestHandler handler) {
        server =
                NetcodeServer.builder()
                        .connectionRequests(handler)
                        .sameClient(SameClient.TAKE_OVER)
                        .transport(network.bind(ADDRESS))
                        .protocolId(PROTOCOL_ID)
                        .keyRing(KeyRing.of(key))
                        .maxClients(maxClients)
                        .keepSlotFor(keepSlotFor)
                        .monotonicClock(() -> nowNanos)
                        .wallClock(
                                SystemClock.corrected(
                                        () ->
                                                Instant.ofEpochSecond(
                                                        wallClock.unixSeconds() + wallAheadSeconds),
                                        () -> nowNanos))
                        .build();
        updated = server;
    }

    AnnouncerWorld() {
        this(2);
    }

    ServerAnnouncer.Builder builder(TestService service) {
        return ServerAnnouncer.builder()
                .endpoint(service.endpoint())
                .credentials(() -> CREDENTIAL)
                .serverId("eu-1")
                .publicAddress(NetAddress.parse("203.0.113.5:7777"))
                .monotonicClock(() -> nowNanos)
                .logger(log);
    }

    /// Starts the server, and lets its start be so long ago that it takes every token.
    void startLongAgo() {
        start();
        nowNanos += 60 * SECOND;
        server.update();
    }

    void start() {
        start(server);
    }

    /// @param updated the server, or that which it is a member of
    void start(NetServer updated) {
        this.updated = updated;
        try {
            updated.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ServerAnnouncer announce(ServerAnnouncer.Builder builder) {
        announcer = builder.build();
        return announcer;
    }

    ServerAnnouncer announce(TestService service) {
        return announce(builder(service));
    }

    /// One update of everything, after which nothing is under way.
    void step() {
        nowNanos += STEP_NANOS;
        update();
        settle();
    }

    void update() {
        clients.forEach(NetcodeClient::update);
        updated.update();
        updated.receive((_, _) -> {});
        announcer.update(server);
    }

    /// Updates, while no time passes, until what is under way is over.
    void settle() {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(REAL_SECONDS_MAX);
        while (announcer.isCalling()) {
            if (System.nanoTime() >= endNanos) {
                throw new AssertionError("the service has not answered");
            }
            LockSupport.parkNanos(LOOK_NANOS);
            announcer.update(server);
        }
    }

    void run(double seconds) {
        long endNanos = nowNanos + (long) (seconds * SECOND);
        while (nowNanos < endNanos) {
            step();
        }
    }

    /// Steps until a request has come.
    ///
    /// @return how long it took, in seconds
    double runUntil(TestService service, int received) {
        long startNanos = nowNanos;
        while (service.received() < received) {
            assertThat(nowNanos - startNanos).isLessThan(4000 * SECOND);
            step();
        }
        return (nowNanos - startNanos) / (double) SECOND;
    }

    NetcodeClient connect(long clientId) {
        NetcodeClient client = dial(clientId);
        connect(client);
        return client;
    }

    /// {@return a client that has begun to connect}
    NetcodeClient dial(long clientId) {
        return dialAt(ADDRESS, clientId);
    }

    NetcodeClient dialAt(NetAddress address, long clientId) {
        NetcodeClient client =
                NetcodeClient.builder()
                        .transport(network.bind(NetAddress.ipv4(0x0a000100 + hosts++, 0)))
                        .authentication(
                                new Authentication.Manual(address, clientId, key, PROTOCOL_ID))
                        .resume(Resume.within(Duration.ofHours(1)))
                        .monotonicClock(() -> nowNanos)
                        .wallClock(wallClock)
                        .build();
        clients.add(client);
        client.connect();
        return client;
    }

    void connect(NetcodeClient client) {
        client.connect();
        long endNanos = nowNanos + 10 * SECOND;
        while (!client.isConnected()) {
            assertThat(nowNanos).isLessThan(endNanos);
            nowNanos += STEP_NANOS;
            client.update();
            updated.update();
            updated.receive((_, _) -> {});
        }
    }

    /// The machine of a client freezes.
    void freeze(NetcodeClient client) {
        clients.remove(client);
    }

    void thaw(NetcodeClient client) {
        clients.add(client);
    }

    void leave(NetcodeClient client) {
        client.close();
        clients.remove(client);
        updated.update();
    }

    /// {@return the members of an announcement}
    static Map<String, Object> read(TestService.Request request) {
        Map<String, Object> members = new TreeMap<>();
        try (JsonParser json = new JsonFactory().createParser(request.body())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                switch (json.nextToken()) {
                    case VALUE_STRING -> members.put(name, json.getText());
                    case VALUE_NUMBER_INT -> members.put(name, json.getIntValue());
                    case START_ARRAY -> {
                        List<String> values = new ArrayList<>();
                        while (json.nextToken() != JsonToken.END_ARRAY) {
                            values.add(json.getText());
                        }
                        members.put(name, values);
                    }
                    default -> throw new AssertionError(request.body());
                }
            }
        } catch (IOException e) {
            throw new AssertionError(request.body(), e);
        }
        return members;
    }

    @Override
    public void close() {
        if (announcer != null) {
            announcer.close();
        }
        clients.forEach(NetcodeClient::close);
        updated.close();
    }
}
