package dev.hawser.netcode;

import dev.hawser.transport.ForwardingTransport;
import dev.hawser.transport.Transport;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which transport moves the packets of which server or client of this process. Two over one would
/// take each other's packets, and the first that ends would close it under the other. Any thread
/// may use it.
///
/// It is asked of nothing but the transport's identity, so that no transport, of whatever kind, has
/// to help. Nothing is kept from being forgotten: neither a transport nor who claimed it and never
/// gave it back.
@SuppressWarnings("ReferenceEquality") // It is about the very same transport, and the same user.
final class TransportClaims {
    private static final Map<Identity, Reference<Object>> USERS = new HashMap<>();
    private static final ReferenceQueue<Transport> FORGOTTEN = new ReferenceQueue<>();

    private TransportClaims() {}

    /// Claims a transport until [#giveBack]; of one that wraps another, the innermost. Does nothing
    /// where the user has it.
    ///
    /// @throws IllegalStateException when it moves the packets of somebody else; the message says
    ///   whose
    static void claim(Transport transport, Object user) {
        Object present = claimOrFind(transport, user);
        if (present != user) {
            throw new IllegalStateException(
                    transport
                            + " moves the packets of "
                            + present
                            + " already: give each server and client a transport of its own, or stop"
                            + " that server, or close that client, first");
        }
    }

    private static synchronized Object claimOrFind(Transport transport, Object user) {
        for (var gone = FORGOTTEN.poll(); gone != null; gone = FORGOTTEN.poll()) {
            USERS.remove(gone);
        }
        Object present = userOf(transport);
        if (present == null) {
            USERS.put(new Identity(innermost(transport)), new WeakReference<>(user));
        }
        return present == null ? user : present;
    }

    /// Lets others claim what this user has claimed.
    ///
    /// @return false when it is somebody else's, who goes on with it
    static synchronized boolean giveBack(Transport transport, Object user) {
        Object present = userOf(transport);
        if (present == user) {
            USERS.remove(new Identity(innermost(transport)));
        }
        return present == null || present == user;
    }

    private static @Nullable Object userOf(Transport transport) {
        Reference<Object> user = USERS.get(new Identity(innermost(transport)));
        return user == null ? null : user.get();
    }

    private static Transport innermost(Transport transport) {
        Transport inner = transport;
        while (inner instanceof ForwardingTransport forwarding) {
            inner = forwarding.wrapped();
        }
        return inner;
    }

    /// A transport as the one that it is, whatever its own `equals` says.
    private static final class Identity extends WeakReference<Transport> {
        private final int hash;

        Identity(Transport transport) {
            super(transport, FORGOTTEN);
            hash = System.identityHashCode(transport);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            Transport transport = get();
            return this == other
                    || (transport != null
                            && other instanceof Identity identity
                            && identity.get() == transport);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
