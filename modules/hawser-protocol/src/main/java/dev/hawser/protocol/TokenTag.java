package dev.hawser.protocol;

/// By what connect tokens are told apart: the 16-byte tag of the sealed private part, which nobody
/// can make without the private key. Not a secret: each connection request shows it.
///
/// @param high the first eight bytes, little-endian
/// @param low the last eight bytes, little-endian
public record TokenTag(long high, long low) {
    // Written out: those that a record comes with are method handles, which only the optimising
    // compiler sees through, and tags are compared for each request.

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenTag that && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high) * 31 + Long.hashCode(low);
    }
}
