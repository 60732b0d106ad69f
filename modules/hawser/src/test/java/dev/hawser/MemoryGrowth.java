package dev.hawser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/// The memory of this process at intervals, and whether it has grown; also for other modules.
public final class MemoryGrowth {
    private static final long HEAP_BYTES_MAX = 8 << 20;
    private static final long DIRECT_BYTES_MAX = 8 << 20;
    private static final long RESIDENT_BYTES_MAX = 48 << 20;

    private final int samplesMax;
    private final List<Sample> samples = new ArrayList<>();

    /// How much there was at one moment.
    public record Sample(long heapBytes, long directBytes, long residentBytes) {
        @Override
        public String toString() {
            return "heap %,d, direct %,d, resident %,d bytes"
                    .formatted(heapBytes, directBytes, residentBytes);
        }
    }

    /// @param samplesMax how many there will be, a multiple of three
    public MemoryGrowth(int samplesMax) {
        this.samplesMax = samplesMax;
    }

    public int samples() {
        return samples.size();
    }

    /// {@return the memory of direct buffers, as the JDK counts it}
    public static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /// Looks at the memory, once the garbage is gone.
    public Sample sample(long directBytes) {
        System.gc();
        var sample =
                new Sample(
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                        directBytes,
                        residentBytes());
        samples.add(sample);
        return sample;
    }

    private static long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            // Not Linux.
            return 0;
        }
    }

    /// Fails when a kind of memory has grown from the second third, when all is warm, to the last.
    public void check() {
        assertThat(samples).hasSize(samplesMax);
        assertThat(growth(Sample::heapBytes)).as("heap").isLessThan(HEAP_BYTES_MAX);
        assertThat(growth(Sample::directBytes)).as("direct").isLessThan(DIRECT_BYTES_MAX);
        assertThat(growth(Sample::residentBytes)).as("resident").isLessThan(RESIDENT_BYTES_MAX);
    }

    private long growth(ToLongFunction<Sample> figure) {
        int third = samplesMax / 3;
        return median(figure, 2 * third, samplesMax) - median(figure, third, 2 * third);
    }

    private long median(ToLongFunction<Sample> figure, int from, int to) {
        long[] sorted = samples.subList(from, to).stream().mapToLong(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
