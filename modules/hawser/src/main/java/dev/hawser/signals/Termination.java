package dev.hawser.signals;

import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// SIGTERM, for those who have something to finish before the process ends, and want to hear of a
/// second one meanwhile. The JVM's own way, shutdown hooks, hears of one only, and has begun to end
/// the process by then.
///
/// While somebody listens, SIGTERM does not end the process: when all who listened have finished,
/// it ends as it would have without them, with its shutdown hooks and code 143. Other signals, as
/// that of Ctrl-C, are the JVM's still.
///
/// Any thread may call it.
public final class Termination implements AutoCloseable {
    /// 128 and the number of the signal, as the JVM has it.
    private static final int EXIT_CODE = 143;

    private static final Object LOCK = new Object();
    private static final List<Termination> LISTENERS = new ArrayList<>();

    /// What handled the signal before; null while nobody listens.
    private static @Nullable Object formerHandler;

    private static int times;

    private final IntConsumer onSignal;
    private final Runnable awaitEnd;

    private Termination(IntConsumer onSignal, Runnable awaitEnd) {
        this.onSignal = onSignal;
        this.awaitEnd = awaitEnd;
    }

    /// Listens from now on, until it is closed.
    ///
    /// @param onSignal takes how many there were in this process, beginning with 1; called by a
    ///   thread of its own each time, and returns at once
    /// @param awaitEnd returns when what the first signal has begun is done
    /// @return null where signals cannot be heard, which the log then says
    public static @Nullable Termination listen(IntConsumer onSignal, Runnable awaitEnd) {
        Termination listener =
                new Termination(
                        Objects.requireNonNull(onSignal, "onSignal"),
                        Objects.requireNonNull(awaitEnd, "awaitEnd"));
        synchronized (LOCK) {
            try {
                if (LISTENERS.isEmpty()) {
                    formerHandler = Handlers.install(Handlers.of(Termination::answer));
                }
            } catch (ReflectiveOperationException | RuntimeException e) {
                Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
                System.getLogger("dev.hawser")
                        .log(
                                Level.WARNING,
                                "SIGTERM will end this process at once, since nobody can listen to"
                                        + " it ("
                                        + cause
                                        + "): start Java without -Xrs, and where the game is a"
                                        + " module, with --add-modules jdk.unsupported.");
                return null;
            }
            LISTENERS.add(listener);
        }
        return listener;
    }

    /// Listens no more. With the last one who did, the signal does what it did before.
    @Override
    public void close() {
        synchronized (LOCK) {
            if (!LISTENERS.remove(this) || !LISTENERS.isEmpty()) {
                return;
            }
            try {
                Handlers.install(Objects.requireNonNull(formerHandler));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("the handler of SIGTERM cannot be put back", e);
            }
            formerHandler = null;
        }
    }

    /// On a thread that keeps the JVM alive, as that of the signal does not: else the process could
    /// end with another code, as one that ends by itself, when the last of the others has finished.
    private static void answer() {
        Thread.ofPlatform().name("hawser-sigterm").daemon(false).start(Termination::finish);
    }

    private static void finish() {
        int count;
        List<Termination> listeners;
        synchronized (LOCK) {
            times++;
            count = times;
            listeners = List.copyOf(LISTENERS);
        }
        listeners.forEach(listener -> listener.onSignal.accept(count));
        listeners.forEach(listener -> listener.awaitEnd.run());
        Runtime.getRuntime().exit(EXIT_CODE);
    }

    /// `sun.misc.Signal`, which is the JDK's only way to hear a signal. Called by name: the
    /// compiler warns of it, and a runtime may be made without its module.
    private static final class Handlers {
        private Handlers() {}

        /// {@return a handler that does this}
        @SuppressWarnings("ReferenceEquality") // A handler equals nothing but itself.
        static Object of(Runnable action) throws ReflectiveOperationException {
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            return Proxy.newProxyInstance(
                    Termination.class.getClassLoader(),
                    new Class<?>[] {type},
                    (proxy, method, arguments) ->
                            switch (method.getName()) {
                                case "handle" -> {
                                    action.run();
                                    yield null;
                                }
                                case "equals" -> proxy == arguments[0];
                                case "hashCode" -> System.identityHashCode(proxy);
                                default -> "Termination";
                            });
        }

        /// {@return the former handler}
        static Object install(Object handler) throws ReflectiveOperationException {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            Method handle = signal.getMethod("handle", signal, type);
            Object term = signal.getConstructor(String.class).newInstance("TERM");
            return handle.invoke(null, term, handler);
        }
    }
}
