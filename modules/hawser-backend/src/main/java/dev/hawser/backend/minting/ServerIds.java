package dev.hawser.backend.minting;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.NetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Tells two servers under one id from one that was started anew.
///
/// A newcomer gets the id at once: it may be the server itself, after a crash. Then nothing more is
/// heard of the former one. When the former one is heard again, there are two: it gets the id back
/// and keeps it as long as it is not silent, and the newcomer is refused.
///
/// Any thread may call it.
public final class ServerIds {
    private static final int IDS_MAX = 100_000;

    /// How many servers are remembered for one id, besides the one that has it.
    private static final int OTHERS_MAX = 8;

    private final long timeoutNanos;
    private final LongSupplier monotonicClock;
    private final Cache<String, Holders> ids;

    /// Knows no server yet.
    ///
    /// @param timeout of silence, after which a server is gone
    /// @param monotonicClock in nanoseconds
    public ServerIds(Duration timeout, LongSupplier monotonicClock) {
        timeoutNanos = timeout.toNanos();
        this.monotonicClock = monotonicClock;
        ids =
                Caffeine.newBuilder()
                        .maximumSize(IDS_MAX)
                        .expireAfterAccess(timeout.multipliedBy(2))
                        .ticker((Ticker) monotonicClock::getAsLong)
                        .build();
    }

    /// Takes an announcement.
    ///
    /// @param startId which start of which server it is; empty where it does not say, and then its
    ///   addresses tell
    /// @return empty when it has the id, else the address of the server that has it
    public Optional<NetAddress> announce(ServerAnnouncement announcement, String startId) {
        String start =
                startId.isEmpty()
                        ? announcement.publicAddress() + " " + announcement.internalAddress()
                        : startId;
        Holders holders = ids.get(announcement.serverId(), _ -> new Holders());
        synchronized (holders) {
            return holders.announce(
                    start, announcement.publicAddress(), monotonicClock.getAsLong());
        }
    }

    /// A server has gone, by its own word.
    public void withdraw(String serverId) {
        ids.invalidate(serverId);
    }

    /// Who has announced itself under one id.
    private final class Holders {
        private @Nullable String holder;
        private @Nullable NetAddress address;
        private long heardNanos;

        /// Those that had the id before, with the time when they were heard.
        private final SequencedMap<String, Long> former = new LinkedHashMap<>();

        /// Those that were told that they cannot have it.
        private final SequencedMap<String, Long> refused = new LinkedHashMap<>();

        Optional<NetAddress> announce(String start, NetAddress from, long nowNanos) {
            former.values().removeIf(heard -> nowNanos - heard >= timeoutNanos);
            refused.values().removeIf(heard -> nowNanos - heard >= timeoutNanos);
            String known = nowNanos - heardNanos >= timeoutNanos ? null : holder;
            if (known != null && refused.containsKey(start)) {
                put(refused, start, nowNanos);
                return Optional.ofNullable(address);
            }
            if (known != null && !known.equals(start)) {
                if (former.containsKey(start)) {
                    // The one that it was, and the others besides.
                    List<String> others = new ArrayList<>(former.keySet());
                    others.add(known);
                    others.remove(start);
                    others.forEach(other -> put(refused, other, nowNanos));
                    former.clear();
                } else {
                    put(former, known, heardNanos);
                }
            }
            former.remove(start);
            refused.remove(start);
            holder = start;
            address = from;
            heardNanos = nowNanos;
            return Optional.empty();
        }

        private static void put(SequencedMap<String, Long> servers, String start, long heard) {
            servers.putLast(start, heard);
            if (servers.size() > OTHERS_MAX) {
                servers.pollFirstEntry();
            }
        }
    }
}
