package dev.hawser.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a process of this machine has used, as Linux's `/proc` tells it (proc(5)).
final class ProcessMeter {
    /// Of a moment, counted since the process began.
    ///
    /// @param cpuNanos of all threads
    /// @param userNanos of those, in the process itself; in hundredths of a second
    /// @param systemNanos of those, in the kernel
    /// @param residentBytes memory that is in use
    /// @param receiveDrops packets that its UDP sockets had no room for
    record Reading(
            long cpuNanos,
            long userNanos,
            long systemNanos,
            long residentBytes,
            long receiveDrops) {}

    private static final Path PROC = Path.of("/proc");
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final int BYTES_PER_KILOBYTE = 1024;

    // Fields of /proc/PID/stat behind the name, which may hold anything.
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    // Fields of /proc/net/udp.
    private static final int INODE = 9;
    private static final int DROPS = 12;

    private final Path process;
    private final Set<String> socketInodes = new HashSet<>();
    private final Map<String, Long> threadNanos = new HashMap<>();

    /// @throws LoadException when there is no such process, or no `/proc`
    ProcessMeter(long pid) throws LoadException {
        process = PROC.resolve(Long.toString(pid));
        try {
            findSockets();
            Reading _ = read();
        } catch (IOException e) {
            throw new LoadException(
                    "cannot see process "
                            + pid
                            + " in "
                            + process
                            + ": pass the id of the server's process on this machine, which must"
                            + " be Linux, as its user or as root");
        }
    }

    private void findSockets() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                String target = readLink(file);
                if (target.startsWith("socket:[")) {
                    socketInodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        }
    }

    private static String readLink(Path file) throws IOException {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (NoSuchFileException closed) {
            return "";
        }
    }

    Reading read() throws IOException {
        long[] ticks = ticks();
        return new Reading(
                cpuNanos((ticks[0] + ticks[1]) * NANOS_PER_TICK),
                ticks[0] * NANOS_PER_TICK,
                ticks[1] * NANOS_PER_TICK,
                residentBytes(),
                drops("net/udp") + drops("net/udp6"));
    }

    private long[] ticks() throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new long[] {
            Long.parseLong(fields[USER_TICKS]), Long.parseLong(fields[SYSTEM_TICKS])
        };
    }

    /// The scheduler counts in nanoseconds, for each thread that lives; of one that has ended there
    /// is what was last seen. Where it does not tell, there are the ticks.
    private long cpuNanos(long tickNanos) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path thread : threads) {
                try {
                    String text = Files.readString(thread.resolve("schedstat"));
                    long nanos = Long.parseLong(text.substring(0, text.indexOf(' ')));
                    threadNanos.put(thread.getFileName().toString(), nanos);
                } catch (NoSuchFileException endedOrUnknown) {
                    // The next thread may tell.
                }
            }
        }
        long nanos = threadNanos.values().stream().mapToLong(Long::longValue).sum();
        return nanos == 0 ? tickNanos : nanos;
    }

    private long residentBytes() throws IOException {
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                String number = line.replaceAll("\\D", "");
                return Long.parseLong(number) * BYTES_PER_KILOBYTE;
            }
        }
        return 0;
    }

    private long drops(String table) throws IOException {
        Path file = process.resolve(table);
        if (!Files.exists(file)) {
            return 0;
        }
        long drops = 0;
        List<String> lines = Files.readAllLines(file);
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] fields = line.strip().split(" +", -1);
            if (socketInodes.contains(fields[INODE])) {
                drops += Long.parseLong(fields[DROPS]);
            }
        }
        return drops;
    }
}
