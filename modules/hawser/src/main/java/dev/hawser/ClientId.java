package dev.hawser;

/// Who a client is. The kind of connection decides the kind of id: two kinds with the same number
/// are two clients.
///
/// A kind of connection that is not in this library brings a record of its own: it has to be equal
/// to another by its kind and value, and stays as it is.
public interface ClientId {
    /// {@return the 64 bits of the id, unsigned}
    long value();

    /// The client id of a connect token.
    ///
    /// @param value unsigned
    record Netcode(long value) implements ClientId {
        @Override
        public String toString() {
            return "netcode:" + Long.toUnsignedString(value);
        }
    }

    /// A Steam id.
    ///
    /// @param value unsigned
    record Steam(long value) implements ClientId {
        @Override
        public String toString() {
            return "steam:" + Long.toUnsignedString(value);
        }
    }

    /// A player in the server's own process.
    ///
    /// @param value unsigned
    record Local(long value) implements ClientId {
        @Override
        public String toString() {
            return "local:" + Long.toUnsignedString(value);
        }
    }
}
