package dev.hawser.benchmarks.chaos;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.transport.UdpTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Shows copies of tokens at servers to which their players do not go. It is a process of its own,
/// since a process remembers which tokens it has connected with.
///
/// Each line of its input is a token in hexadecimal digits: at once, or two seconds later, by
/// turns. The end of its input ends it.
public final class Thief {
    private static final long TICK_MILLIS = 20;
    private static final long STAY_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LATER_NANOS = TimeUnit.SECONDS.toNanos(2);

    /// It has only so many hands.
    private static final int CLIENTS_MAX = 20;

    /// The list of servers in a token, which nothing protects (standard, "Connect Token"): version
    /// 13, protocol id, created and expires 8 each, nonce 24, private data 1024, timeout 4.
    private static final int SERVERS_OFFSET = 13 + 3 * 8 + 24 + 1024 + 4;

    private static final int IPV4_BYTES = 7;
    private static final Logger LOG = Logger.getLogger("dev.hawser");

    private final BlockingQueue<String> stolen = new LinkedBlockingQueue<>();
    private final Queue<Later> later = new ArrayDeque<>();
    private final List<Theft> thefts = new ArrayList<>();
    private volatile boolean isOver;
    private int count;

    private Thief() {}

    private record Later(ConnectToken token, long fromNanos) {}

    private static final class Theft {
        private final String name;
        private final NetcodeClient client;
        private final String tag;
        private final long untilNanos = System.nanoTime() + STAY_NANOS;
        private boolean isSaid;
        private boolean wasConnected;

        Theft(String name, ConnectToken token) {
            this.name = name;
            tag = token.tag().toString();
            client =
                    NetcodeClient.builder()
                            .transport(UdpTransport.anyPort())
                            .authentication(new Authentication.Token(token))
                            .build();
            client.connect();
        }

        /// {@return whether it is over}
        boolean tick() {
            client.update();
            client.receive(_ -> {});
            int port = client.localAddress().map(NetAddress::port).orElse(0);
            if (!isSaid && port != 0) {
                isSaid = true;
                // Whose token it is, the player has said.
                Players.say("using", "dev=" + name + " id= tag=" + tag + " port=" + port);
            }
            if (client.isConnected() && !wasConnected) {
                wasConnected = true;
                Players.say("stole", "dev=" + name + " tag=" + tag);
            }
            boolean hasEnded =
                    client.state() instanceof ConnectionState.Disconnected
                            || System.nanoTime() - untilNanos > 0;
            if (hasEnded) {
                client.close();
            }
            return hasEnded;
        }
    }

    public static void main(String[] args) throws InterruptedException {
        LOG.setLevel(Level.OFF);
        new Thief().run();
    }

    private void run() throws InterruptedException {
        Thread.ofPlatform().daemon().start(this::readInput);
        Players.say("here", "");
        while (!isOver) {
            String token = stolen.poll();
            if (token != null && thefts.size() < CLIENTS_MAX) {
                take(HexFormat.of().parseHex(token));
            }
            while (!later.isEmpty() && System.nanoTime() - later.peek().fromNanos() > 0) {
                show(later.remove().token());
            }
            for (Iterator<Theft> i = thefts.iterator(); i.hasNext(); ) {
                if (i.next().tick()) {
                    i.remove();
                }
            }
            Thread.sleep(TICK_MILLIS);
        }
        Runtime.getRuntime().halt(0);
    }

    private void take(byte[] token) {
        count++;
        if (count % 2 == 0) {
            show(rotated(token));
        } else {
            later.add(new Later(rotated(token), System.nanoTime() + LATER_NANOS));
        }
    }

    private void show(ConnectToken token) {
        thefts.add(new Theft("thief." + thefts.size() + "." + count, token));
    }

    /// {@return the same token, which begins with the second of its servers}
    private static ConnectToken rotated(byte[] token) {
        ByteBuffer bytes = ByteBuffer.wrap(token.clone()).order(ByteOrder.LITTLE_ENDIAN);
        int servers = bytes.getInt(SERVERS_OFFSET);
        int from = SERVERS_OFFSET + Integer.BYTES;
        for (int i = 0; i < servers; i++) {
            bytes.put(from + i * IPV4_BYTES, token, from + (i + 1) % servers * IPV4_BYTES, 7);
        }
        return ConnectToken.ofBytes(bytes.array());
    }

    private void readInput() {
        try (BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            input.lines().forEach(stolen::add);
        } catch (IOException e) {
            // It has ended as well.
        }
        isOver = true;
    }
}
