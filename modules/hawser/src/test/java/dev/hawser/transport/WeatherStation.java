package dev.hawser.transport;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.StatedReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A transport whose network is a test: it says what arrives, sees what was sent and when, and its
/// time passes while somebody waits.
final class WeatherStation implements Transport {
    static final PeerAddress PEER = PeerAddress.of(NetAddress.parse("10.0.0.9:9"));

    private static final int PACKET_BYTES_MAX = 1200;

    final List<String> log = new ArrayList<>();
    private final ArrayDeque<String> arriving = new ArrayDeque<>();
    private final TransportCounters counters = new TransportCounters();
    private final ByteBuffer received = ByteBuffer.allocate(PACKET_BYTES_MAX);
    @Nullable TransportFailure failure;
    private boolean isOpen = true;
    private long nowNanos;

    long nowNanos() {
        return nowNanos;
    }

    void startAt(long nanos) {
        nowNanos = nanos;
    }

    void advanceMillis(long millis) {
        nowNanos += millis * 1_000_000;
    }

    /// {@return what was noted since the last call}
    List<String> takeLog() {
        List<String> taken = List.copyOf(log);
        log.clear();
        return taken;
    }

    void arrive(String... texts) {
        arriving.addAll(List.of(texts));
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(ByteBuffer datagram) {
        return StandardCharsets.UTF_8.decode(datagram.duplicate()).toString();
    }

    /// {@return a builder of a transport around this one, on its time and a fixed seed}
    ConditionedTransport.Builder conditioned() {
        return ConditionedTransport.builder(this).seed(1).monotonicClock(() -> nowNanos);
    }

    /// {@return what a transport hands over in one call}
    static List<String> textsFrom(Transport transport, int packetsMax) {
        List<String> texts = new ArrayList<>();
        transport.receive((_, datagram) -> texts.add(text(datagram)), packetsMax);
        return texts;
    }

    private void note(String what) {
        log.add(nowNanos / 1_000_000 + " " + what);
    }

    @Override
    public void open() {
        isOpen = true;
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    @Override
    public int receive(DatagramHandler handler, int packetsMax) {
        int taken = 0;
        while (taken < packetsMax && !arriving.isEmpty()) {
            taken++;
            received.clear().put(bytes(arriving.remove())).flip();
            handler.handle(PEER, received);
        }
        return taken;
    }

    @Override
    public void send(PeerAddress to, ByteBuffer packet) {
        note("sent " + text(packet));
        counters.sent(packet.remaining());
    }

    @Override
    public void release(PeerAddress peer, StatedReason reason) {
        note("released " + peer + ": " + reason.text());
    }

    @Override
    public @Nullable TransportFailure failure(PeerAddress peer) {
        return failure;
    }

    @Override
    public void flush() {
        note("flushed");
    }

    @Override
    public void await(long timeoutNanos) {
        nowNanos += Math.max(0, timeoutNanos);
        note("waited");
    }

    @Override
    public void wakeup() {
        note("woken");
    }

    @Override
    public NetAddress localAddress() {
        return NetAddress.parse("10.0.0.1:1");
    }

    @Override
    public int maxPacketBytes() {
        return PACKET_BYTES_MAX;
    }

    @Override
    public TransportStats stats() {
        return counters.snapshot();
    }

    @Override
    public void close() {
        isOpen = false;
        note("closed");
    }
}
