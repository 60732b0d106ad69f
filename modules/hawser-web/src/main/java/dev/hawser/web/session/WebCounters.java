package dev.hawser.web.session;

import dev.hawser.transport.SendFailure;
import dev.hawser.transport.TransportStats;
import dev.hawser.web.SessionCut;
import dev.hawser.web.SessionRefusal;
import dev.hawser.web.WebDrop;
import dev.hawser.web.WebStats;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// The counters of a web transport; any thread.
public final class WebCounters {
    private final LongAdder packetsIn = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder packetsOut = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder sessionsOpened = new LongAdder();
    private final LongAdder protocolErrors = new LongAdder();
    private final Map<SendFailure, LongAdder> sendFailures = adders(SendFailure.class);
    private final Map<SessionRefusal, LongAdder> refusals = adders(SessionRefusal.class);
    private final Map<WebDrop, LongAdder> drops = adders(WebDrop.class);
    private final Map<SessionCut, LongAdder> cuts = adders(SessionCut.class);
    private final LongAdder addressChecks = new LongAdder();

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        Map<E, LongAdder> adders = new EnumMap<>(type);
        for (E each : type.getEnumConstants()) {
            adders.put(each, new LongAdder());
        }
        return adders;
    }

    private static <E extends Enum<E>> void count(Map<E, LongAdder> adders, E what) {
        LongAdder adder = adders.get(what);
        if (adder != null) {
            adder.increment();
        }
    }

    private static <E extends Enum<E>> Map<E, Long> counts(Class<E> type, Map<E, LongAdder> from) {
        Map<E, Long> counts = new EnumMap<>(type);
        from.forEach((what, adder) -> {
            if (adder.sum() > 0) {
                counts.put(what, adder.sum());
            }
        });
        return counts;
    }

    public void received(int bytes) {
        packetsIn.increment();
        bytesIn.add(bytes);
    }

    public void sent(int bytes) {
        packetsOut.increment();
        bytesOut.add(bytes);
    }

    /// A packet that counts as sent was not.
    public void notSentAfterAll(int bytes, WebDrop why) {
        packetsOut.decrement();
        bytesOut.add(-bytes);
        notSent(why == WebDrop.NOT_WRITTEN ? SendFailure.UNREACHABLE : SendFailure.BUFFER_FULL);
        drop(why);
    }

    public void notSent(SendFailure failure) {
        count(sendFailures, failure);
    }

    public void drop(WebDrop drop) {
        count(drops, drop);
    }

    public void refused(SessionRefusal refusal) {
        count(refusals, refusal);
    }

    public void cut(SessionCut cut) {
        count(cuts, cut);
    }

    /// A packet that was not even tried.
    public void noRoom() {
        notSent(SendFailure.BUFFER_FULL);
        drop(WebDrop.SEND_SESSION_LIMIT);
    }

    public void addressChecked() {
        addressChecks.increment();
    }

    public void sessionOpened() {
        sessionsOpened.increment();
    }

    public void protocolError() {
        protocolErrors.increment();
    }

    public TransportStats transportStats() {
        Map<WebDrop, Long> dropped = counts(WebDrop.class, drops);
        return new TransportStats(
                packetsIn.sum(),
                bytesIn.sum(),
                packetsOut.sum(),
                bytesOut.sum(),
                dropped.getOrDefault(WebDrop.OVERSIZE, 0L),
                protocolErrors.sum(),
                0,
                0,
                counts(SendFailure.class, sendFailures));
    }

    public WebStats webStats(int sessions, int connections, long queueBytes) {
        ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
        long networkBytes =
                allocator instanceof ByteBufAllocatorMetricProvider provider
                        ? provider.metric().usedDirectMemory()
                        : 0;
        return WebStats.builder()
                .sessions(sessions)
                .connections(connections)
                .sessionsOpened(sessionsOpened.sum())
                .refusals(counts(SessionRefusal.class, refusals))
                .cuts(counts(SessionCut.class, cuts))
                .drops(counts(WebDrop.class, drops))
                .addressChecks(addressChecks.sum())
                .protocolErrors(protocolErrors.sum())
                .queueBytes(queueBytes)
                .networkBytes(networkBytes)
                .build();
    }
}
