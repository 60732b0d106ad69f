package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import org.jspecify.annotations.Nullable;

/// Which slot an address has: a hash table of numbers alone.
///
/// An entry is four bytes, since every packet is looked up here: the table of thousands of clients
/// then stays in the processor's cache, where [KeyedMap] with its keys would not. The address to
/// compare with stands in the slot, which the packet needs anyway. Fifteen bits of the hash beside
/// the number tell nearly all others apart without a look at their slots.
///
/// As in [KeyedMap], nobody can aim for collisions, the load is at most one half, and nothing is
/// allocated after construction.
final class AddressIndex {
    /// Of an entry: the number of the slot, plus one. A zero there is no entry.
    private static final int SLOT_BITS =
            Integer.SIZE - Integer.numberOfLeadingZeros(ServerConfig.MAX_CLIENTS_LIMIT);

    private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;

    private final ClientSlot[] slots;
    private final long hashKey0;
    private final long hashKey1;
    private final int mask;
    private final int[] entries;

    /// Creates an empty index of these slots.
    AddressIndex(ClientSlot[] slots, long hashKey0, long hashKey1) {
        this.slots = slots;
        this.hashKey0 = hashKey0;
        this.hashKey1 = hashKey1;
        int length = KeyedMap.tableLength(slots.length);
        mask = length - 1;
        entries = new int[length];
    }

    /// {@return the slot of this address, or null}
    @Nullable ClientSlot get(PeerAddress address) {
        long hash = hash(address);
        int part = part(hash);
        int i = (int) hash & mask;
        for (int entry = entries[i]; entry != 0; entry = entries[i]) {
            if ((entry & ~SLOT_MASK) == part) {
                ClientSlot slot = slots[(entry & SLOT_MASK) - 1];
                if (slot.address.sameAs(address)) {
                    return slot;
                }
            }
            i = (i + 1) & mask;
        }
        return null;
    }

    /// Adds a slot under its address, which no other slot has, and which stays until it is removed.
    void add(ClientSlot slot) {
        long hash = hash(slot.address);
        int i = (int) hash & mask;
        while (entries[i] != 0) {
            i = (i + 1) & mask;
        }
        entries[i] = part(hash) | (slot.index + 1);
    }

    /// Removes a slot that has been added.
    void remove(ClientSlot slot) {
        int hole = (int) hash(slot.address) & mask;
        while ((entries[hole] & SLOT_MASK) != slot.index + 1) {
            hole = (hole + 1) & mask;
        }
        // Slots behind the hole that probing would no longer reach move up into it.
        for (int i = (hole + 1) & mask; entries[i] != 0; i = (i + 1) & mask) {
            int home = (int) hash(slots[(entries[i] & SLOT_MASK) - 1].address) & mask;
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                entries[hole] = entries[i];
                hole = i;
            }
        }
        entries[hole] = 0;
    }

    private long hash(PeerAddress address) {
        return KeyedMap.sipHash13(
                hashKey0, hashKey1, address.high(), address.low(), address.port());
    }

    /// {@return the upper bits of a hash, where an entry has them}
    private static int part(long hash) {
        return (int) (hash >>> Integer.SIZE) & ~SLOT_MASK;
    }
}
