package dev.hawser.transport;

import dev.hawser.protocol.PeerAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The JDK's address objects of the peers that are sent to, so that not every packet makes one.
///
/// Each address has one place; two that share it drive each other out, and the table doubles until
/// it has its largest size. Places come from a hash with a random seed: who cannot see it cannot
/// choose addresses that collide, and a collision costs an object, nothing more.
final class SocketAddressCache {
    private static final int PLACES_MIN = 16;

    /// About 400 KB: most of 4,096 peers then have a place to themselves.
    static final int PLACES_MAX = 16_384;

    private final long seed = ThreadLocalRandom.current().nextLong();
    private long[] highs = new long[PLACES_MIN];
    private long[] lows = new long[PLACES_MIN];
    private char[] ports = new char[PLACES_MIN];
    private @Nullable InetSocketAddress[] values = new @Nullable InetSocketAddress[PLACES_MIN];

    /// {@return the address object of a peer, made when it is not there}
    InetSocketAddress get(PeerAddress peer) {
        int place = place(peer.high(), peer.low(), peer.port());
        InetSocketAddress value = values[place];
        if (value != null && isAt(place, peer)) {
            return value;
        }
        return put(peer, SocketAddresses.toSocketAddress(peer));
    }

    /// Keeps the object that the JDK made for a peer. It may hold more than the numbers: the
    /// interface of a link-local address.
    InetSocketAddress put(PeerAddress peer, InetSocketAddress value) {
        int place = place(peer.high(), peer.low(), peer.port());
        if (values[place] != null && !isAt(place, peer) && values.length < PLACES_MAX) {
            grow();
            place = place(peer.high(), peer.low(), peer.port());
        }
        set(place, peer.high(), peer.low(), (char) peer.port(), value);
        return value;
    }

    int places() {
        return values.length;
    }

    private boolean isAt(int place, PeerAddress peer) {
        return highs[place] == peer.high()
                && lows[place] == peer.low()
                && ports[place] == peer.port();
    }

    private void set(int place, long high, long low, char port, InetSocketAddress value) {
        highs[place] = high;
        lows[place] = low;
        ports[place] = port;
        values[place] = value;
    }

    private void grow() {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        char[] oldPorts = ports;
        @Nullable InetSocketAddress[] oldValues = values;
        int places = 2 * oldValues.length;
        highs = Arrays.copyOf(oldHighs, places);
        lows = Arrays.copyOf(oldLows, places);
        ports = Arrays.copyOf(oldPorts, places);
        values = new @Nullable InetSocketAddress[places];
        for (int i = 0; i < oldValues.length; i++) {
            InetSocketAddress value = oldValues[i];
            if (value != null) {
                int place = place(oldHighs[i], oldLows[i], oldPorts[i]);
                set(place, oldHighs[i], oldLows[i], oldPorts[i], value);
            }
        }
    }

    private int place(long high, long low, int port) {
        long hash = mix(mix(mix(seed ^ high) + low) + port);
        return (int) hash & (values.length - 1);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
