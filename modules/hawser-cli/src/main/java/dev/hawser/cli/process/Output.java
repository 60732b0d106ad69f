package dev.hawser.cli.process;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.ExitCode;

/// Standard output, which notices that it cannot be written and says so once, on standard error:
/// the writers of the JDK keep it to themselves.
///
/// Where the reader of a pipe has gone (`| head -1`), nothing is said: it has what it wanted. The
/// exit code is then the one that shells show for programs that the signal for it ends.
public final class Output {
    /// 128 + SIGPIPE.
    static final int EXIT_CODE_CLOSED_PIPE = 141;

    // From stat(2).
    private static final int FILE_TYPE = 0xf000;
    private static final int FILE_TYPE_PIPE = 0x1000;

    /// What has become of what was printed.
    private enum State {
        ARRIVED,
        LOST,
        UNWANTED
    }

    private final OutputStream sink;
    private final PrintWriter writer;
    private final PrintWriter err;
    private final BooleanSupplier isPipe;
    private volatile State state = State.ARRIVED;

    /// @param err who is told
    /// @param isPipe whether `sink` leads to another program, asked when writing has failed
    public Output(OutputStream sink, Charset charset, PrintWriter err, BooleanSupplier isPipe) {
        this.sink = sink;
        this.err = err;
        this.isPipe = isPipe;
        writer = new PrintWriter(new OutputStreamWriter(new Watched(), charset), true);
    }

    public static Output ofProcess(PrintWriter err) {
        return new Output(
                new FileOutputStream(FileDescriptor.out),
                System.out.charset(),
                err,
                Output::leadsIntoPipe);
    }

    /// By its kind, since the system's message is in the language of the user. Nothing else is
    /// taken for a pipe: behind a socket there is a log, and that it is away is an error.
    private static boolean leadsIntoPipe() {
        try {
            int mode = (int) Files.getAttribute(Path.of("/dev/stdout"), "unix:mode");
            return (mode & FILE_TYPE) == FILE_TYPE_PIPE;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException notUnix) {
            return false;
        }
    }

    /// {@return what to print to; each line goes out at once}
    public PrintWriter writer() {
        return writer;
    }

    /// {@return whether something that was printed has not arrived}
    public boolean hasFailed() {
        return state != State.ARRIVED;
    }

    /// {@return whether somebody read as much as they wanted, and left}
    public boolean isClosedPipe() {
        return state == State.UNWANTED;
    }

    /// {@return the exit code of a command that would have ended with this one, were it not for its
    /// output}
    public int conclude(int exitCode) {
        writer.flush();
        return switch (state) {
            case ARRIVED -> exitCode;
            case LOST -> exitCode == ExitCode.OK ? ExitCode.SOFTWARE : exitCode;
            case UNWANTED -> EXIT_CODE_CLOSED_PIPE;
        };
    }

    private void fail(IOException why) {
        if (hasFailed()) {
            return;
        }
        state = isPipe.getAsBoolean() ? State.UNWANTED : State.LOST;
        if (state == State.LOST) {
            err.println(
                    "hawser: cannot write to standard output ("
                            + why.getMessage()
                            + "): what was to be printed is lost");
        }
    }

    private final class Watched extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                sink.write(bytes, offset, length);
            } catch (IOException why) {
                fail(why);
                throw why;
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                sink.flush();
            } catch (IOException why) {
                fail(why);
                throw why;
            }
        }
    }
}
