package dev.hawser.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The private keys that a backend or a server holds at a time, newest first: more than one while
/// keys are being changed.
///
/// To change keys without refusing a player: give every server the ring with the new key in it,
/// then the backend, and leave out the old key when the last token that it sealed has expired.
///
/// Immutable, except that its keys can be erased; safe for any thread under the rules of
/// [PrivateKey].
public final class KeyRing {
    /// The most keys in a ring: a server tries them all on a request that opens under none.
    public static final int KEYS_MAX = 4;

    private final List<PrivateKey> keys;

    private KeyRing(List<PrivateKey> keys) {
        this.keys = keys;
    }

    /// {@return a ring of one key}
    public static KeyRing of(PrivateKey key) {
        return of(List.of(key));
    }

    /// {@return a ring of these keys, kept, not copied}
    ///
    /// @param keys newest first, 1 to [#KEYS_MAX], each of them once
    /// @throws IllegalArgumentException when there are none, too many, or the same one twice
    public static KeyRing of(List<PrivateKey> keys) {
        List<PrivateKey> copy = List.copyOf(keys);
        if (copy.isEmpty() || copy.size() > KEYS_MAX) {
            throw new IllegalArgumentException(
                    "a key ring of "
                            + copy.size()
                            + " keys, but it has 1 to "
                            + KEYS_MAX
                            + (copy.isEmpty()
                                    ? ": make a key with 'hawser keys new'"
                                    : ": retire old ones with 'hawser keys retire'"));
        }
        long different = copy.stream().map(PrivateKey::id).distinct().count();
        if (different != copy.size()) {
            throw new IllegalArgumentException("a key ring with the same key twice: leave one out");
        }
        return new KeyRing(copy);
    }

    /// {@return the keys, newest first, 1 to [#KEYS_MAX]}
    public List<PrivateKey> keys() {
        return keys;
    }

    /// {@return their names, in the same order}
    public List<KeyId> ids() {
        return keys.stream().map(PrivateKey::id).toList();
    }

    /// {@return the key that new tokens are sealed with by default}
    public PrivateKey newest() {
        return keys.getFirst();
    }

    /// {@return the key of this name; empty when it is not in the ring}
    public Optional<PrivateKey> find(KeyId id) {
        return keys.stream().filter(key -> key.id().equals(id)).findFirst();
    }

    /// {@return a ring with a new key in front of these}
    ///
    /// @throws IllegalArgumentException when it would have more than [#KEYS_MAX] keys
    public KeyRing withNewest(PrivateKey key) {
        List<PrivateKey> more = new ArrayList<>();
        more.add(key);
        more.addAll(keys);
        return of(more);
    }

    /// {@return a ring without the key of this name, which is not erased}
    ///
    /// @throws IllegalArgumentException when it is not in the ring, or the only one
    public KeyRing without(KeyId id) {
        List<PrivateKey> fewer = keys.stream().filter(key -> !key.id().equals(id)).toList();
        if (fewer.size() == keys.size()) {
            throw new IllegalArgumentException(
                    "there is no key " + id + " in the ring: it has " + ids());
        }
        return of(fewer);
    }

    /// Erases all its keys.
    public void erase() {
        keys.forEach(PrivateKey::erase);
    }

    @Override
    public String toString() {
        return "KeyRing[" + keys.size() + (keys.size() == 1 ? " key]" : " keys]");
    }
}
