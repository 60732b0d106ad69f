package dev.hawser.tests.processes;

import dev.hawser.cli.Main;
import dev.hawser.cli.process.Interruption;
import dev.hawser.cli.process.Output;
import dev.hawser.cli.process.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The `hawser` command on a thread of this JVM, with the streams and the exit code of a process:
/// for the other side of a test, where a JVM of its own would cost a second of the processor and
/// show nothing. What is in the streams is what the command prints, and what it logs on its thread.
///
/// No signal reaches it. When it is destroyed, its input ends, and nobody reads its output: a
/// client of the chat leaves then, and a server stops.
final class InsideProcess extends Process {
    static {
        // Commands have hooks, in which a process that is asked to end waits for its command: here
        // there is none to wait for, once the tests are over.
        Interruption.finish(0);
    }

    private final Pipe input = new Pipe();
    private final Pipe output = new Pipe();
    private final Pipe error = new Pipe();
    private final Output printed =
            new Output(
                    output.end(),
                    StandardCharsets.UTF_8,
                    new PrintWriter(error.end(), true, StandardCharsets.UTF_8),
                    () -> true);
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

    private InsideProcess(List<String> args) {
        Thread.ofPlatform()
                .daemon()
                .name("hawser " + String.join(" ", args))
                .start(() -> run(args.toArray(String[]::new)));
    }

    static Process start(List<String> args) {
        return new InsideProcess(args);
    }

    private void run(String... args) {
        int code = -1;
        try (OutputStream _ = output.end();
                PrintWriter err = new PrintWriter(error.end(), true, StandardCharsets.UTF_8)) {
            InsideLog.goesTo(err);
            code = Main.run(new Surroundings(input, Map.of(), false), printed, err, args);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            exitCode.complete(code);
        }
    }

    @Override
    public OutputStream getOutputStream() {
        return input.end();
    }

    @Override
    public InputStream getInputStream() {
        return output;
    }

    @Override
    public InputStream getErrorStream() {
        return error;
    }

    @Override
    public int waitFor() {
        return exitCode.join();
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            exitCode.copy().orTimeout(timeout, unit).join();
            return true;
        } catch (java.util.concurrent.CompletionException e) {
            return false;
        }
    }

    @Override
    public int exitValue() {
        if (!exitCode.isDone()) {
            throw new IllegalThreadStateException("it runs");
        }
        return exitCode.join();
    }

    @Override
    public boolean isAlive() {
        return !exitCode.isDone();
    }

    @Override
    public void destroy() {
        input.close();
        output.abandon();
        // It notices when it prints.
        printed.writer().flush();
    }

    /// Bytes from one thread to another, without a bound and without the JDK's interest in whether
    /// the thread that wrote last is still there.
    private static final class Pipe extends InputStream {
        private byte[] bytes = new byte[0];
        private int next;
        private boolean isOver;
        private boolean isAbandoned;
        private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

        OutputStream end() {
            return new OutputStream() {
                @Override
                public void write(int octet) throws IOException {
                    write(new byte[] {(byte) octet}, 0, 1);
                }

                @Override
                public void write(byte[] from, int offset, int length) throws IOException {
                    put(from, offset, length);
                }

                @Override
                public void flush() throws IOException {
                    checkRead();
                }

                @Override
                public void close() {
                    Pipe.this.close();
                }
            };
        }

        private synchronized void checkRead() throws IOException {
            if (isAbandoned) {
                throw new IOException("nobody reads it");
            }
        }

        /// Has whoever reads it go away.
        synchronized void abandon() {
            isAbandoned = true;
        }

        private synchronized void put(byte[] from, int offset, int length) throws IOException {
            checkRead();
            waiting.write(from, offset, length);
            notifyAll();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public synchronized int read(byte[] to, int offset, int length) throws IOException {
            while (next == bytes.length && waiting.size() == 0) {
                if (isOver) {
                    return -1;
                }
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException();
                }
            }
            if (next == bytes.length) {
                bytes = waiting.toByteArray();
                waiting.reset();
                next = 0;
            }
            int count = Math.min(length, bytes.length - next);
            System.arraycopy(bytes, next, to, offset, count);
            next += count;
            return count;
        }

        @Override
        public synchronized void close() {
            isOver = true;
            notifyAll();
        }
    }
}
