package dev.hawser.protocol.machine;

import dev.hawser.protocol.PeerAddress;
import org.jspecify.annotations.Nullable;

/// The slots of a server: found by number, by address and by client id, and the lowest free one,
/// none of it by a search.
final class ClientSlots {
    private final ClientSlot[] slots;
    private final SlotBitmap free;
    private final AddressIndex slotOfAddress;
    private final KeyedMap slotOfClientId;

    ClientSlots(int count, long hashKey0, long hashKey1) {
        slots = new ClientSlot[count];
        for (int i = 0; i < count; i++) {
            slots[i] = new ClientSlot(i);
        }
        free = new SlotBitmap(count);
        slotOfAddress = new AddressIndex(slots, hashKey0, hashKey1);
        slotOfClientId = new KeyedMap(count, hashKey0, hashKey1);
    }

    int count() {
        return slots.length;
    }

    int taken() {
        return slotOfClientId.size();
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

    /// {@return the slot of the client with this id, or null}
    @Nullable ClientSlot ofClientId(long clientId) {
        int index = slotOfClientId.get(clientId, 0, 0);
        return index == KeyedMap.NONE ? null : slots[index];
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

    /// Frees a slot and erases its keys.
    void release(ClientSlot slot) {
        slotOfAddress.remove(slot);
        slotOfClientId.remove(slot.clientId, 0, 0);
        slot.isConnected = false;
        slot.erase();
        free.release(slot.index);
    }
}
