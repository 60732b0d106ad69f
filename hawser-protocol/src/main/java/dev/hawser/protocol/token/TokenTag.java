package dev.hawser.protocol.token;

/// By what connect tokens are told apart: the 16-byte tag of the sealed private part, which nobody
/// can make without the private key. Not a secret: each connection request shows it.
///
/// @param high the first eight bytes, little-endian
/// @param low the last eight bytes, little-endian
public record TokenTag(long high, long low) {}
