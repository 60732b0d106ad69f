package dev.hawser.keys;

import dev.hawser.protocol.KeyRing;

/// Where private keys come from: a file ([KeyRingFile]), an environment variable
/// ([KeyRingEnvironment]), or what an application writes for its key management service.
///
/// A source for a service on a network fetches in a thread of its own, answers [#load()] with what
/// it fetched last, and counts its [#version()] on when that is something else. So no game loop
/// waits for the network.
public interface KeyRingSource {
    /// {@return the keys as they are now, newest first, which the caller erases} It may block, and
    /// any thread may call it.
    ///
    /// @throws KeyRingException when there are none, or they cannot be read or trusted; its message
    ///   says what to do, and holds no key
    KeyRing load() throws KeyRingException;

    /// {@return a text that is another one when the keys may have changed} [KeyRingReload] asks
    /// once a second in the thread of a game loop, so it is cheap and waits for nothing.
    ///
    /// By default it is always the same: the keys are loaded once.
    default String version() {
        return "";
    }

    /// {@return where the keys come from, in words for a log; never a key}
    String description();
}
