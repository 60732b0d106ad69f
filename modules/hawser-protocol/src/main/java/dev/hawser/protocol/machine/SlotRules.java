package dev.hawser.protocol.machine;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.SameClient;

/// Who may come in beside those who are connected, here and at the other members of the group.
final class SlotRules {
    private final SameClient sameClient;
    private final ClientSlots slots;
    private final ServerGroup group;

    /// @param slots of this server, a member of the group
    SlotRules(SameClient sameClient, ClientSlots slots, ServerGroup group) {
        this.sameClient = sameClient;
        this.slots = slots;
        this.group = group;
    }

    /// No client from this address, and at no member one with this id, unless the newcomer may take
    /// its slot.
    ///
    /// @param slotsBefore how many slots had been taken when the newcomer's token was first seen
    Drop checkNotConnected(PeerAddress from, long clientId, long slotsBefore) {
        ClientSlot client = slots.ofAddress(from);
        if (client != null && !mayTakeOver(client, clientId, slotsBefore)) {
            return Drop.ADDRESS_CONNECTED;
        }
        for (int i = 0; i < group.memberCount(); i++) {
            client = group.slots(i).ofClientId(clientId);
            if (client != null && !mayTakeOver(client, clientId, slotsBefore)) {
                return Drop.CLIENT_ID_CONNECTED;
            }
        }
        return Drop.NONE;
    }

    /// Not when the token expires counts but when it was first seen: a launcher that restarts a
    /// game fetches two within one second, and a service may shorten what it mints.
    private boolean mayTakeOver(ClientSlot connected, long clientId, long slotsBefore) {
        return sameClient == SameClient.TAKE_OVER
                && connected.clientId == clientId
                && slotsBefore >= connected.slotNumber;
    }

    /// A slot that this client would take over counts as free, if it is here.
    boolean hasSlotFor(long clientId) {
        return slots.hasFree() || slots.ofClientId(clientId) != null;
    }
}
