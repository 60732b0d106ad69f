package dev.hawser.cli.session;

import dev.hawser.NetClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/// Sends the lines of the standard input, and prints those that come.
public final class ChatSession implements ClientSession {
    /// How long the client stays after the end of its input, to see its own last lines come back.
    private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long FOREVER_NANOS = Long.MAX_VALUE;

    private final PrintWriter out;
    private final Optional<String> greeting;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private volatile boolean isInputOver;
    private boolean isGreeted;
    private boolean hasSent;
    private boolean isLingering;
    private long lingerUntilNanos;

    /// @param greeting printed once there is a connection
    public ChatSession(PrintWriter out, Optional<String> greeting) {
        this.out = out;
        this.greeting = greeting;
    }

    /// Starts reading, on a thread of its own, since a read waits for the next line.
    ///
    /// @param onLine called on that thread when there is something to do
    public void read(InputStream input, Runnable onLine) {
        Thread.ofPlatform().daemon().name("input").start(() -> readAll(input, onLine));
    }

    private void readAll(InputStream input, Runnable onLine) {
        BufferedReader reader = new BufferedReader(new InputStreamReader(input, inputCharset()));
        try {
            String line = reader.readLine();
            while (line != null) {
                lines.add(line);
                onLine.run();
                line = reader.readLine();
            }
        } catch (IOException closed) {
            // Nothing more can be read: the same as the end.
        }
        isInputOver = true;
        onLine.run();
    }

    private static Charset inputCharset() {
        String name = System.getProperty("stdin.encoding");
        return name == null
                ? StandardCharsets.UTF_8
                : Charset.forName(name, StandardCharsets.UTF_8);
    }

    @Override
    public void onPayload(ByteBuffer payload) {
        out.println(ChatText.decode(payload));
    }

    @Override
    public boolean step(NetClient client, long nowNanos, boolean isStopping) {
        if (!isGreeted) {
            isGreeted = true;
            greeting.ifPresent(out::println);
        }
        // Asked first: a line may come between the last poll and the end.
        boolean isOver = isInputOver;
        for (String line = lines.poll(); line != null; line = lines.poll()) {
            if (!line.isBlank()) {
                client.send(ChatText.encode(line.strip()));
                hasSent = true;
            }
        }
        if (isOver && !isLingering) {
            isLingering = true;
            lingerUntilNanos = nowNanos + (hasSent ? LINGER_NANOS : 0);
        }
        return isStopping || (isLingering && nowNanos - lingerUntilNanos >= 0);
    }

    @Override
    public long nanosToNextStep(long nowNanos) {
        return isLingering ? lingerUntilNanos - nowNanos : FOREVER_NANOS;
    }
}
