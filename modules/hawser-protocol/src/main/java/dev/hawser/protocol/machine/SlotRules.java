package dev.hawser.protocol.machine;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.SameClient;
import dev.hawser.protocol.StatedReason;
import dev.hawser.protocol.wire.PrivateToken;
import org.jspecify.annotations.Nullable;

/// Who may come in beside those who are connected, or whose slots are kept, here and at the other
/// members of the group.
final class SlotRules {
    private static final StatedReason REPLACED =
            StatedReason.of(StatedReason.REPLACED, "the same player connected again elsewhere");

    private final SameClient sameClient;
    private final ClientSlots slots;
    private final ServerGroup group;

    /// What a newcomer's token says, as far as these rules ask for it. Filled anew for each.
    static final class Newcomer {
        private long clientId;
        private long slotsBefore;
        private boolean isResuming;
        private long resumesHigh;
        private long resumesLow;

        /// @param slots how many had been taken when the token was first seen
        void set(PrivateToken token, long slots) {
            clientId = token.clientId();
            slotsBefore = slots;
            isResuming = token.isResuming();
            resumesHigh = token.resumesHigh();
            resumesLow = token.resumesLow();
        }

        void set(PendingConnection pending) {
            clientId = pending.clientId;
            slotsBefore = pending.slotsBefore;
            isResuming = pending.isResuming();
            resumesHigh = pending.resumesHigh;
            resumesLow = pending.resumesLow;
        }
    }

    /// @param slots of this server, a member of the group
    SlotRules(SameClient sameClient, ClientSlots slots, ServerGroup group) {
        this.sameClient = sameClient;
        this.slots = slots;
        this.group = group;
    }

    /// No client from this address, and at no member one with this id, unless the newcomer may have
    /// its slot.
    Drop checkNotConnected(PeerAddress from, Newcomer newcomer) {
        ClientSlot client = slots.ofAddress(from);
        if (client != null && !mayComeBeside(client, newcomer)) {
            return Drop.ADDRESS_CONNECTED;
        }
        for (int i = 0; i < group.memberCount(); i++) {
            client = group.slots(i).ofClientId(newcomer.clientId);
            if (client != null && !mayComeBeside(client, newcomer)) {
                return Drop.CLIENT_ID_CONNECTED;
            }
        }
        return Drop.NONE;
    }

    /// Who resumes gets an answer in any case: the slot, or a denial.
    private boolean mayComeBeside(ClientSlot client, Newcomer newcomer) {
        return client.clientId == newcomer.clientId
                && (newcomer.isResuming
                        || client.isSuspended
                        || mayTakeOver(client, newcomer.slotsBefore));
    }

    /// Not when the token expires counts but when it was first seen: a launcher that restarts a
    /// game fetches two within one second, and a service may shorten what it mints.
    private boolean mayTakeOver(ClientSlot connected, long slotsBefore) {
        return sameClient == SameClient.TAKE_OVER && slotsBefore >= connected.slotNumber;
    }

    /// {@return whether the newcomer goes on with a connection that a member still has}
    boolean resumes(Newcomer newcomer) {
        ClientSlot held = group.ofClientId(newcomer.clientId);
        return newcomer.isResuming
                && held != null
                && held.isOfToken(newcomer.resumesHigh, newcomer.resumesLow);
    }

    /// {@return why a newcomer that wants to resume is denied; null where it is not}
    ///
    /// A device that wakes must not displace the one that replaced it, and who was sent away is
    /// told why. What nobody knows is a plain new connection.
    @Nullable StatedReason denial(long nowNanos, Newcomer newcomer) {
        if (!newcomer.isResuming) {
            return null;
        }
        if (group.ofClientId(newcomer.clientId) != null) {
            return resumes(newcomer) ? null : REPLACED;
        }
        return group.reasonOfEnd(nowNanos, newcomer.clientId, newcomer.resumesHigh);
    }

    /// A slot that this client would take over counts as free, if it is here.
    boolean hasSlotFor(long clientId) {
        return slots.hasFree() || slots.ofClientId(clientId) != null;
    }
}
