package dev.hawser.steam;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What Steam may be told about connections, those of a server or that of a client. Immutable:
/// start from [#DEFAULT], with which Steam does as it does, and change what differs.
///
/// ```java
/// var options = SteamOptions.DEFAULT.connectedTimeout(Duration.ofSeconds(5)).mtuBytes(1100);
/// ```
///
/// An option that the library does not know, because it is older, makes the start of the server or
/// the connect of the client fail.
public final class SteamOptions {
    /// Nothing differs from what Steam does by itself.
    public static final SteamOptions DEFAULT = new SteamOptions(Map.of());

    // ESteamNetworkingConfigValue
    private static final int SEND_BUFFER_SIZE = 9;
    private static final int SEND_RATE_MIN = 10;
    private static final int SEND_RATE_MAX = 11;
    private static final int NAGLE_TIME = 12;
    private static final int TIMEOUT_INITIAL = 24;
    static final int TIMEOUT_CONNECTED = 25;
    private static final int MTU_PACKET_SIZE = 32;
    private static final int LOCAL_VIRTUAL_PORT = 38;
    private static final int RECEIVE_BUFFER_SIZE = 47;
    private static final int RECEIVE_BUFFER_MESSAGES = 48;

    /// What Steam takes where nothing is said.
    private static final int TIMEOUT_MILLIS = 10_000;

    private static final int NANOS_PER_MICRO = 1000;
    private static final Duration TIMEOUT_MAX = Duration.ofDays(1);

    private final Map<Integer, Integer> values;

    private SteamOptions(Map<Integer, Integer> values) {
        this.values = Collections.unmodifiableMap(values);
    }

    private SteamOptions with(int key, int value) {
        Map<Integer, Integer> more = new TreeMap<>(values);
        more.put(key, value);
        return new SteamOptions(more);
    }

    /// {@return these options with another time within which a connection must come about}
    ///
    /// @param timeout from 1 millisecond to 1 day; Steam's own is 10 seconds
    /// @throws IllegalArgumentException when it is outside that range
    public SteamOptions initialTimeout(Duration timeout) {
        return with(TIMEOUT_INITIAL, millis("initialTimeout", timeout));
    }

    /// {@return these options with another time after which Steam gives up a connection from which
    /// nothing is heard}
    ///
    /// Steam is slower than this says, since it looks only every 10 seconds whether a silent peer
    /// is there: see the liveness timer of [SteamServer] and [SteamClient], which is not.
    ///
    /// @param timeout from 1 millisecond to 1 day; Steam's own is 10 seconds
    /// @throws IllegalArgumentException when it is outside that range
    public SteamOptions connectedTimeout(Duration timeout) {
        return with(TIMEOUT_CONNECTED, millis("connectedTimeout", timeout));
    }

    /// {@return these options with another rate at which a connection sends at most}
    ///
    /// @param bytesPerSecond at least 1024; Steam's own is 256 KiB
    /// @throws IllegalArgumentException when it is less
    public SteamOptions sendRate(int bytesPerSecond) {
        int rate = atLeast("sendRate", bytesPerSecond, 1024);
        return with(SEND_RATE_MIN, rate).with(SEND_RATE_MAX, rate);
    }

    /// {@return these options with another limit on what a connection has waiting to be sent:
    /// beyond it, sending gives [dev.hawser.SendResult#QUEUE_FULL]}
    ///
    /// @param bytes at least 2048; Steam's own is 512 KiB
    /// @throws IllegalArgumentException when it is less
    public SteamOptions sendBufferBytes(int bytes) {
        return with(SEND_BUFFER_SIZE, atLeast("sendBufferBytes", bytes, 2048));
    }

    /// {@return these options with other limits on what a connection has received and the game has
    /// not: packets beyond are dropped by Steam}
    ///
    /// @param bytes at least 2048
    /// @param messages at least 1
    /// @throws IllegalArgumentException when one is less
    public SteamOptions receiveBuffer(int bytes, int messages) {
        return with(RECEIVE_BUFFER_SIZE, atLeast("receiveBuffer bytes", bytes, 2048))
                .with(RECEIVE_BUFFER_MESSAGES, atLeast("receiveBuffer messages", messages, 1));
    }

    /// {@return these options with another size of the largest UDP packet}
    ///
    /// @param bytes from 300 to 1300, without the headers of the layers below; Steam's own is 1300.
    ///   Payloads that do not fit one packet go in several, and are lost with any of them
    /// @throws IllegalArgumentException when it is outside that range
    public SteamOptions mtuBytes(int bytes) {
        atLeast("mtuBytes", bytes, 300);
        if (bytes > 1300) {
            throw new IllegalArgumentException(
                    "mtuBytes is " + bytes + ", but Steam takes 1300 at most");
        }
        return with(MTU_PACKET_SIZE, bytes);
    }

    /// {@return these options with another time for which a payload may wait for others, to share
    /// their packet}
    ///
    /// A flush ends the wait, so a game that flushes at the end of its tick sends all of the tick
    /// together, and need not set this.
    ///
    /// @param time from 0 to 1 second, in whole microseconds; Steam's own is 5 milliseconds
    /// @throws IllegalArgumentException when it is outside that range
    public SteamOptions nagle(Duration time) {
        if (time.isNegative() || time.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException(
                    "nagle is "
                            + time
                            + ", but must be from 0 to 1 second: leave it out for the default");
        }
        return with(
                NAGLE_TIME,
                time.toNanosPart() / NANOS_PER_MICRO + (int) time.toSeconds() * 1_000_000);
    }

    /// {@return these options with another virtual port at this side: for a client that connects to
    /// a peer and is told apart by it}
    ///
    /// @param port 0 or more
    /// @throws IllegalArgumentException when it is negative
    public SteamOptions localVirtualPort(int port) {
        return with(LOCAL_VIRTUAL_PORT, atLeast("localVirtualPort", port, 0));
    }

    /// {@return the values by Steam's keys, all of 32 bits}
    Map<Integer, Integer> values() {
        return values;
    }

    int initialTimeoutMillis() {
        return values.getOrDefault(TIMEOUT_INITIAL, TIMEOUT_MILLIS);
    }

    int connectedTimeoutMillis() {
        return values.getOrDefault(TIMEOUT_CONNECTED, TIMEOUT_MILLIS);
    }

    private static int millis(String name, Duration timeout) {
        if (timeout.toMillis() < 1 || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + timeout
                            + ", but must be from 1 millisecond to 1 day: leave it out for the default");
        }
        return (int) timeout.toMillis();
    }

    private static int atLeast(String name, int value, int min) {
        if (value < min) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + value
                            + ", but must be at least "
                            + min
                            + ": leave it out for the default");
        }
        return value;
    }

    @Override
    public String toString() {
        return "SteamOptions" + values;
    }
}
