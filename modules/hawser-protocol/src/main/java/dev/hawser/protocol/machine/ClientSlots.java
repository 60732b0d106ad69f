package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import org.jspecify.annotations.Nullable;

/// The slots of a server: found by number, by address and by client id, and the lowest free one,
/// none of it by a search.
final class ClientSlots {
    private static final int PATH_MASK = (1 << Short.SIZE) - 1;

    /// Tells this use of the hash from that of addresses, ids and tags.
    private static final long PATH_WORD = 0x70617468;

    private final ClientSlot[] slots;
    private final SlotBitmap free;
    private final AddressIndex slotOfAddress;
    private final KeyedMap slotOfClientId;
    private final long hashKey0;
    private final long hashKey1;
    private int suspended;

    ClientSlots(int count, long hashKey0, long hashKey1) {
        slots = new ClientSlot[count];
        for (int i = 0; i < count; i++) {
            slots[i] = new ClientSlot(i);
        }
        free = new SlotBitmap(count);
        slotOfAddress = new AddressIndex(slots, hashKey0, hashKey1);
        slotOfClientId = new KeyedMap(count, hashKey0, hashKey1);
        this.hashKey0 = hashKey0;
        this.hashKey1 = hashKey1;
    }

    int count() {
        return slots.length;
    }

    /// {@return how many clients are connected}
    int connected() {
        return slotOfClientId.size() - suspended;
    }

    /// {@return how many slots are kept for clients that fell silent}
    int suspended() {
        return suspended;
    }

    boolean hasFree() {
        return free.lowestFree() >= 0;
    }

    ClientSlot at(int index) {
        return slots[index];
    }

    /// {@return the slot of the client at this address, or null}
    @Nullable ClientSlot ofAddress(PeerAddress address) {
        return slotOfAddress.get(address);
    }

    /// {@return the slot of the client with this id, connected or suspended, or null}
    @Nullable ClientSlot ofClientId(long clientId) {
        int index = slotOfClientId.get(clientId, 0, 0);
        return index == KeyedMap.NONE ? null : slots[index];
    }

    /// {@return the slot of the client with this path id, or null}
    @Nullable ClientSlot ofPath(long pathId) {
        ClientSlot slot = named(pathId);
        return slot != null && slot.isConnected && slot.hasPath && slot.pathId == pathId
                ? slot
                : null;
    }

    /// {@return whether a connection of this path was ended here on purpose, less than a minute
    /// ago}
    boolean hasEnded(long pathId, long nowNanos) {
        ClientSlot slot = named(pathId);
        return slot != null && slot.hasEnded(pathId, nowNanos);
    }

    /// {@return the lower half of a path id, in which the slot is named: then nothing has to be
    /// searched, and nothing kept for it}
    ///
    /// Whoever sees the id on its way does not see the number of the slot: it is masked by a hash
    /// of the other part, under the key of this start.
    ///
    /// @param high 16 random bits
    int pathNumber(ClientSlot slot, int high) {
        return (high << Short.SIZE) | (slot.index ^ mask(high));
    }

    private @Nullable ClientSlot named(long pathId) {
        int number = (int) pathId;
        int index = (number & PATH_MASK) ^ mask(number >>> Short.SIZE);
        return index < slots.length ? slots[index] : null;
    }

    private int mask(int high) {
        return (int) KeyedMap.sipHash13(hashKey0, hashKey1, high, PATH_WORD, 0) & PATH_MASK;
    }

    /// Gives a client that has a slot another address, which no client has.
    void move(ClientSlot slot, PeerAddress address) {
        slotOfAddress.remove(slot);
        slot.address.set(address);
        slotOfAddress.add(slot);
    }

    /// Gives the lowest free slot to a client; there must be one.
    ClientSlot take(PeerAddress address, long clientId) {
        ClientSlot slot = slots[free.lowestFree()];
        free.take(slot.index);
        slot.isConnected = true;
        slot.address.set(address);
        slot.clientId = clientId;
        slotOfAddress.add(slot);
        slotOfClientId.put(clientId, 0, 0, slot.index);
        return slot;
    }

    /// Keeps a slot whose client fell silent, and erases its keys.
    void suspend(ClientSlot slot) {
        slotOfAddress.remove(slot);
        slot.isConnected = false;
        slot.isSuspended = true;
        slot.erase();
        suspended++;
    }

    /// Gives a client the slot again that it has, connected or suspended.
    void resume(ClientSlot slot, PeerAddress address) {
        if (slot.isSuspended) {
            slot.isSuspended = false;
            suspended--;
        } else {
            slotOfAddress.remove(slot);
        }
        slot.isConnected = true;
        slot.address.set(address);
        slotOfAddress.add(slot);
    }

    /// Frees a slot and erases its keys.
    void release(ClientSlot slot) {
        if (slot.isSuspended) {
            slot.isSuspended = false;
            suspended--;
        } else {
            slotOfAddress.remove(slot);
        }
        slotOfClientId.remove(slot.clientId, 0, 0);
        slot.isConnected = false;
        slot.erase();
        free.release(slot.index);
    }
}
