package dev.hawser.transport;

import dev.hawser.linux.Linux;
import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// How a [UdpTransport] calls the system. What arrives and what is counted is the same; what
/// differs is what a packet costs.
public enum UdpIo {
    /// Linux's `recvmmsg` and `sendmmsg`, 64 packets a call, through `java.lang.foreign`. It runs
    /// on x86_64 and aarch64 where Java was started with `--enable-native-access=dev.hawser` (on
    /// the class path: `ALL-UNNAMED`), and is then the choice of every transport.
    MMSG("mmsg"),

    /// The JDK's `DatagramChannel`, one packet a call. It runs everywhere. Bound to all addresses
    /// of a machine, it answers from the one that the system prefers.
    NIO("nio");

    /// The system property that forces one of them by its name, `mmsg` or `nio`, for all transports
    /// that were not told by [UdpTransport.Builder#io(UdpIo)].
    public static final String PROPERTY = "hawser.udp";

    /// What has been logged in this process, and is not again.
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private final String word;

    UdpIo(String word) {
        this.word = word;
    }

    /// {@return why it cannot be used here unless it is forced, for a person; empty when it can}
    public String obstacle() {
        return this == MMSG ? Linux.obstacle(false) : "";
    }

    /// {@return what a transport uses that was told `asked`}
    ///
    /// @throws IOException when what is forced cannot be used, or is no such thing
    static UdpIo choose(@Nullable UdpIo asked) throws IOException {
        String forced = System.getProperty(PROPERTY);
        if (asked != null) {
            return checked(asked, "UdpTransport.Builder.io");
        }
        if (forced != null) {
            return checked(ofWord(forced), "the system property " + PROPERTY);
        }
        String obstacle = MMSG.obstacle();
        log(
                obstacle.isEmpty()
                        ? "UDP packets move in batches (recvmmsg, sendmmsg)."
                        : "UDP packets move one by one (NIO), not in batches: " + obstacle + ".");
        return obstacle.isEmpty() ? MMSG : NIO;
    }

    /// Says that a socket that is bound to all addresses answers from one of them.
    ///
    /// @param bound with the wildcard
    static void warnOfOneAddress(NetAddress bound) {
        log(
                Level.WARNING,
                "UDP on "
                        + bound
                        + " answers from the address that the system prefers (NIO cannot choose): a"
                        + " client that dials another address of this machine takes no answer and"
                        + " times out. Where the machine has several, bind the one that clients"
                        + " dial, or one transport for each; or, on Linux, move packets in batches"
                        + " (mmsg), which answer from the address that was dialled.");
    }

    private static UdpIo checked(UdpIo forced, String by) throws IOException {
        String obstacle = forced == MMSG ? Linux.obstacle(true) : "";
        if (!obstacle.isEmpty()) {
            throw new IOException(
                    by
                            + " asks for mmsg, but "
                            + obstacle
                            + "; leave the choice to the transport, or ask for nio");
        }
        log("UDP packets move by " + forced.word + ", as " + by + " says.");
        return forced;
    }

    private static UdpIo ofWord(String word) throws IOException {
        for (UdpIo io : values()) {
            if (io.word.equals(word)) {
                return io;
            }
        }
        throw new IOException(
                "the system property " + PROPERTY + " is '" + word + "', but must be mmsg or nio");
    }

    /// Says it once in this process.
    static void log(String line) {
        log(Level.INFO, line);
    }

    private static void log(Level level, String line) {
        if (SAID.add(line)) {
            System.getLogger("dev.hawser").log(level, line);
        }
    }

    /// {@return the name that the system property takes}
    @Override
    public String toString() {
        return word;
    }
}
