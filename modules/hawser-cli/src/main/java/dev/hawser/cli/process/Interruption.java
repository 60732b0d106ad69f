package dev.hawser.cli.process;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// Ctrl-C and SIGTERM as a question that a loop asks, so that it can say goodbye to its peers and
/// print its summary before the process ends.
///
/// The JVM ends with 128 + signal once its hooks have run, whatever was printed. What ended
/// properly here ends with its own exit code: a service manager then sees success.
public final class Interruption {
    /// Longer than ten disconnect packets take to each of 65,536 clients.
    private static final long PATIENCE_SECONDS = 5;

    private static final CountDownLatch FINISHED = new CountDownLatch(1);
    private static final AtomicInteger EXIT_CODE = new AtomicInteger();

    /// Whether the process is the command's alone.
    private static volatile boolean isOwnProcess;

    private final BooleanSupplier isOutputUseless;
    private volatile boolean isRequested;

    private Interruption(BooleanSupplier isOutputUseless) {
        this.isOutputUseless = isOutputUseless;
    }

    /// {@return one that signals to the process request, and what has become of its output}
    ///
    /// @param isOutputUseless whether to go on would be for nobody, asked often
    public static Interruption ofProcess(BooleanSupplier isOutputUseless) {
        Interruption interruption = new Interruption(isOutputUseless);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().unstarted(interruption::requestAndWait));
        return interruption;
    }

    /// Says that the process is the command's, and not that of somebody who calls it.
    public static void ownProcess() {
        isOwnProcess = true;
    }

    /// {@return whether a signal to the process is one to the command, to do with it what it likes}
    public static boolean isOwnProcess() {
        return isOwnProcess;
    }

    /// Says that the command has ended, with this exit code.
    public static void finish(int exitCode) {
        EXIT_CODE.set(exitCode);
        FINISHED.countDown();
    }

    /// Waits until [#finish] is called.
    public static void awaitFinish() {
        try {
            FINISHED.await();
        } catch (InterruptedException stopWaiting) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isRequested() {
        return isRequested || isOutputUseless.getAsBoolean();
    }

    private void requestAndWait() {
        isRequested = true;
        try {
            if (FINISHED.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(EXIT_CODE.get());
            }
        } catch (InterruptedException stopWaiting) {
            Thread.currentThread().interrupt();
        }
    }
}
