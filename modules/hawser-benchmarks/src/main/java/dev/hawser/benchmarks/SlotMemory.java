package dev.hawser.benchmarks;

import dev.hawser.netcode.NetcodeServer;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.transport.Transport;
import dev.hawser.transport.UdpTransport;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/// What a slot of a server takes of memory, and how long a server with many slots takes to start.
///
/// `modules/hawser-benchmarks/run slots [SLOTS] [--histogram]`: 16,384 slots unless said otherwise;
/// with `--histogram` also which classes take the heap.
public final class SlotMemory {
    private static final int SLOTS_DEFAULT = 16_384;
    private static final int QUEUE_BYTES = 2 << 20;
    private static final int HISTOGRAM_LINES = 24;

    /// Memory that Java code has asked for: buffers outside the heap, and segments.
    private static final Pattern NATIVE = Pattern.compile("Other \\(reserved=(\\d+)KB");

    private final PrintStream out;
    private final int slots;
    private final Lab lab = new Lab(Ciphers.best());

    private SlotMemory(PrintStream out, int slots) {
        this.out = out;
        this.slots = slots;
    }

    public static void main(String[] args) throws IOException, JMException {
        int slots = SLOTS_DEFAULT;
        boolean showsHistogram = false;
        for (String arg : args) {
            if (arg.equals("--histogram")) {
                showsHistogram = true;
            } else {
                slots = Integer.parseInt(arg);
            }
        }
        SlotMemory memory = new SlotMemory(System.out, slots);
        memory.measureStart();
        memory.measureMemory(showsHistogram);
    }

    /// First thing in the process, so that nothing is compiled.
    private void measureStart() throws IOException, JMException {
        long nativeBefore = nativeBytes();
        long cpuBefore = cpuNanos();
        long before = System.nanoTime();
        NetcodeServer server = server(UdpTransport.bind(NetAddress.ipv4(0x7f000001, 0)));
        server.start();
        long millis = (System.nanoTime() - before) / 1_000_000;
        long cpuMillis = (cpuNanos() - cpuBefore) / 1_000_000;
        long sinceStart =
                System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
        long outside = nativeBytes() - nativeBefore;
        server.stop();
        out.printf("%,d slots, ciphers: %s%n", slots, lab.ciphers.name());
        out.printf(
                "start: %d ms over UDP (%d ms of CPU), %d ms after the start of the JVM; %,d KiB"
                        + " native in all%n",
                millis, cpuMillis, sinceStart, outside >> 10);
    }

    /// Of this thread: on a busy machine it says more than the time.
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private NetcodeServer server(Transport transport) {
        return NetcodeServer.builder()
                .transport(transport)
                .protocolId(Lab.PROTOCOL_ID)
                .privateKey(lab.privateKey)
                .maxClients(slots)
                .receiveQueueBytes(QUEUE_BYTES)
                .monotonicClock(lab.clock::nanos)
                .wallClock(lab.clock)
                .random(lab.random)
                .build();
    }

    private void measureMemory(boolean showsHistogram) throws IOException, JMException {
        CrowdTransport transport = new CrowdTransport();
        // Loads the classes, so that they do not count.
        NetcodeServer first = server(transport);
        first.start();
        connect(first, transport, 1);
        first.stop();
        first = null;

        long heap = liveHeapBytes();
        long outside = liveNativeBytes();
        NetcodeServer server = server(transport);
        server.start();
        report("nobody connected", heap, outside);
        if (showsHistogram) {
            histogram();
        }
        connect(server, transport, slots);
        report("all connected", heap, outside);
        if (showsHistogram) {
            histogram();
        }
        server.stop();
    }

    /// In its own method, so that nothing of the clients is reachable afterwards.
    private void connect(NetcodeServer server, CrowdTransport transport, int clients) {
        Crowd crowd = new Crowd(lab, clients);
        transport.attach(crowd);
        crowd.request(crowd.mintTokens());
        server.update();
        crowd.respond();
        server.update();
        crowd.checkConnected();
        crowd.send(ByteBuffer.allocate(1));
        server.update();
        server.receive((client, payload) -> {});
        if (server.connectedClients().size() != clients) {
            throw new IllegalStateException(
                    server.connectedClients().size() + " of " + clients + " are connected");
        }
        transport.attach(null);
    }

    private void report(String when, long heapBefore, long nativeBefore) throws JMException {
        long heap = liveHeapBytes() - heapBefore - QUEUE_BYTES;
        long outside = liveNativeBytes() - nativeBefore;
        out.printf(
                "%s: %,d bytes of heap and %,d native a slot, receive queue apart (%,d KiB in"
                        + " all)%n",
                when, heap / slots, outside / slots, (heap + outside) >> 10);
    }

    private static long liveHeapBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least =
                    Math.min(
                            least,
                            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /// Buffers that the clients have left are given back after a collection, by another thread.
    private static long liveNativeBytes() throws JMException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            System.gc();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            least = Math.min(least, nativeBytes());
        }
        return least;
    }

    /// Needs `-XX:NativeMemoryTracking=summary`, with which the script starts it.
    private static long nativeBytes() throws JMException {
        Matcher matcher = NATIVE.matcher(diagnose("vmNativeMemory", "summary"));
        return matcher.find() ? Long.parseLong(matcher.group(1)) << 10 : 0;
    }

    private void histogram() throws JMException {
        diagnose("gcClassHistogram").lines().limit(HISTOGRAM_LINES).forEach(out::println);
    }

    private static String diagnose(String command, String... arguments) throws JMException {
        Object answer =
                ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                command,
                                new Object[] {arguments},
                                new String[] {String[].class.getName()});
        return answer.toString();
    }
}
