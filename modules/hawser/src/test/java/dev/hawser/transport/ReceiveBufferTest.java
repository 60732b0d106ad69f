package dev.hawser.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the kernel drops since a receive buffer is full is counted, and said; and a buffer is as
/// large as it was asked for, or that is said.
class ReceiveBufferTest {
    private static final NetAddress LOOPBACK = NetAddress.parse("127.0.0.1:0");
    private static final NetAddress SERVER = NetAddress.parse("127.0.0.1:7777");
    private static final int CAP_NET_ADMIN = 12;

    private final List<String> lines = new ArrayList<>();
    private final Logger logger = Logger.getLogger("dev.hawser");
    private final Handler listener =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    lines.add(line.getLevel() + " " + line.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void listen() {
        logger.setUseParentHandlers(false);
        logger.addHandler(listener);
    }

    @AfterEach
    void listenNoLonger() {
        logger.removeHandler(listener);
        logger.setUseParentHandlers(true);
    }

    private static int send(Transport to, int packets, int bytes) throws IOException {
        try (Transport sender = UdpTransport.bind(LOOPBACK)) {
            sender.open();
            PeerAddress address = PeerAddress.of(to.localAddress());
            for (int i = 0; i < packets; i++) {
                sender.send(address, ByteBuffer.allocate(bytes));
                sender.flush();
            }
            return (int) sender.stats().packetsOut();
        }
    }

    /// {@return how many came}
    private static int receiveAll(Transport transport) {
        int all = 0;
        int some = transport.receive((_, _) -> {}, 1_000_000);
        while (some > 0) {
            all += some;
            some = transport.receive((_, _) -> {}, 1_000_000);
        }
        return all;
    }

    @Test
    void whatTheKernelDropsIsCounted() throws IOException {
        Mmsg.assume();
        TransportStats last;
        int received;
        try (UdpTransport full =
                UdpTransport.builder()
                        .bind(LOOPBACK)
                        .io(UdpIo.MMSG)
                        .socketBufferBytes(16 << 10)
                        .build()) {
            full.open();
            int sent = send(full, 1_000, 100);
            received = receiveAll(full);
            assertThat(received).isPositive();
            assertThat(full.stats().receiveBufferDrops()).isEqualTo(sent - received).isPositive();
            assertThat(full.stats().receiveBufferDrops()).as("once").isEqualTo(sent - received);
            // What nobody asked for before the end is counted at the end.
            int more = send(full, 1_000, 100);
            last = closed(full);
            assertThat(last.receiveBufferDrops())
                    .isBetween(sent - received + 1L, (long) sent + more);
        }
    }

    private static TransportStats closed(UdpTransport transport) {
        transport.close();
        return transport.stats();
    }

    @Test
    void aDeepBufferThatRanFullIsSaid() throws IOException {
        Mmsg.assume();
        try (UdpTransport full =
                UdpTransport.builder()
                        .bind(LOOPBACK)
                        .io(UdpIo.MMSG)
                        .socketBufferBytes(400 << 10)
                        .build()) {
            full.open();
            for (int i = 0; i < 2; i++) {
                send(full, 5_000, 100);
                receiveAll(full);
            }
            assertThat(lines)
                    .filteredOn(line -> line.contains("The system dropped"))
                    .as("once a minute")
                    .singleElement()
                    .asString()
                    .startsWith("WARNING")
                    .contains(
                            full.localAddress().toString(), "bytes was full", "Update more often");
        }
    }

    @Test
    void aSocketGetsWhatItAsksForOrItIsSaid() throws IOException {
        Mmsg.assume();
        int allowed =
                Integer.parseInt(Files.readString(Path.of("/proc/sys/net/core/rmem_max")).strip());
        int asked = Math.max(64 << 20, 2 * allowed);
        boolean isPrivileged = hasNetAdmin();
        try (UdpTransport batched =
                UdpTransport.builder()
                        .bind(LOOPBACK)
                        .io(UdpIo.MMSG)
                        .socketBufferBytes(asked)
                        .build()) {
            batched.open();
            assertThat(batched.receiveBufferBytes()).isEqualTo(isPrivileged ? asked : allowed);
            assertThat(lines.stream().anyMatch(line -> line.contains("" + asked)))
                    .isEqualTo(!isPrivileged);
        }
        lines.clear();
        // A channel of the JDK cannot force it. Another number, since a line is said once.
        int askedOfNio = asked + 4096;
        try (UdpTransport nio =
                UdpTransport.builder()
                        .bind(LOOPBACK)
                        .io(UdpIo.NIO)
                        .socketBufferBytes(askedOfNio)
                        .build()) {
            nio.open();
            assertThat(nio.receiveBufferBytes()).isLessThan(askedOfNio);
            assertThat(lines)
                    .filteredOn(line -> line.contains("" + askedOfNio))
                    .singleElement()
                    .asString()
                    .startsWith("INFO")
                    .contains(
                            "a receive buffer of " + nio.receiveBufferBytes() + " bytes",
                            "net.core.rmem_max=" + askedOfNio);
        }
    }

    private static boolean hasNetAdmin() throws IOException {
        String capabilities =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("CapEff:"))
                        .findFirst()
                        .orElseThrow()
                        .substring("CapEff:".length())
                        .strip();
        return (Long.parseUnsignedLong(capabilities, 16) >>> CAP_NET_ADMIN & 1) == 1;
    }

    @Test
    void whatIsSaidNamesTheRemedy() {
        assertThat(ReceiveBufferWords.full(SERVER, 7, 4096, 1024))
                .contains("dropped 7 packets to 127.0.0.1:7777", "1024 bytes was full")
                .contains("sysctl -w net.core.rmem_max=4096");
        assertThat(ReceiveBufferWords.full(SERVER, 7, 4096, 4096))
                .contains("raise socketBufferBytes");
    }
}
