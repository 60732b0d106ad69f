package dev.hawser.keys;

import dev.hawser.protocol.KeyRing;

/// Where private keys come from: a file, an environment variable, a key management service.
///
/// [#load()] may block, for example on a network, and may be called on any thread.
public interface KeyRingSource {
    /// {@return the keys as they are now, which the caller erases}
    ///
    /// @throws KeyRingException when there are none, or they cannot be read or trusted; its message
    ///   says what to do, and holds no key
    KeyRing load() throws KeyRingException;

    /// {@return where the keys come from, in words for a log; never a key}
    String description();
}
