package dev.hawser.protocol.machine;

import dev.hawser.benchmarks.Measured;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Who sent this: the lookup by address that comes before everything else, beside what a `HashMap`
/// under a record would take.
@SuppressWarnings("NullAway.Init") // JMH sets up before it measures.
public class LookupBenchmark extends Measured {
    private static final long HASH_KEY_0 = 0x0706050403020100L;
    private static final long HASH_KEY_1 = 0x0f0e0d0c0b0a0908L;
    private static final long IPV4_MAPPED = 0xffffL << 32;

    /// Where peers are.
    public enum Addresses {
        /// Anywhere.
        RANDOM,
        /// At one IPv4 address, on one port after another.
        SEQUENTIAL_PORTS,
        /// In one IPv6 /64, chosen so that a record of their numbers has one hash for all.
        ONE_RECORD_HASH
    }

    /// An address as a game might write it.
    private record Address(long high, long low, int port) {}

    /// How many peers there are.
    @Param({"64", "16384"})
    public int entries;

    /// Where they are.
    @Param public Addresses addresses;

    private KeyedMap keyed;
    private Map<Address, Integer> byRecord;
    private Address[] present;
    private Address[] absent;
    private int next;

    /// Fills the maps.
    @Setup
    public void setUp() {
        Random random = new Random(1);
        List<Address> all =
                new ArrayList<>(
                        IntStream.range(0, 2 * entries)
                                .mapToObj(i -> address(i, random))
                                .distinct()
                                .toList());
        keyed = new KeyedMap(entries, HASH_KEY_0, HASH_KEY_1);
        byRecord = new HashMap<>();
        for (int i = 0; i < entries; i++) {
            Address address = all.get(i);
            keyed.put(address.high, address.low, address.port, i);
            byRecord.put(address, i);
        }
        present = shuffled(all.subList(0, entries), random);
        absent = shuffled(all.subList(entries, all.size()), random);
    }

    private Address address(int i, Random random) {
        return switch (addresses) {
            case RANDOM ->
                    new Address(random.nextLong(), random.nextLong(), random.nextInt(1 << 16));
            case SEQUENTIAL_PORTS -> new Address(0, IPV4_MAPPED | 0x0a000001, 1024 + i);
            // Long.hashCode is the exclusive or of both halves.
            case ONE_RECORD_HASH -> new Address(0x20010db8L << 32, (long) i << 32 | i, 40_000);
        };
    }

    private static Address[] shuffled(List<Address> some, Random random) {
        List<Address> copy = new ArrayList<>(some);
        Collections.shuffle(copy, random);
        return copy.toArray(Address[]::new);
    }

    /// A peer that is known.
    @Benchmark
    public int present() {
        Address address = next(present);
        return keyed.get(address.high, address.low, address.port);
    }

    /// A stranger.
    @Benchmark
    public int absent() {
        Address address = next(absent);
        return keyed.get(address.high, address.low, address.port);
    }

    /// A peer that is known, by the way that was not taken.
    @Benchmark
    public @Nullable Integer presentInHashMap() {
        return byRecord.get(next(present));
    }

    private Address next(Address[] from) {
        next = next + 1 == from.length ? 0 : next + 1;
        return from[next];
    }
}
