package dev.hawser.backend.registry;

import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which servers go into a token, and which key seals it.
///
/// One key seals a token, so all its servers must have it. The servers come first: the best one is
/// always in, and a fallback joins when a key is left that all have; then the newest such key is
/// taken. So while keys are being changed players go where there is room, under the old key if need
/// be, rather than crowd where the new key is.
///
/// @param servers 1 or more, the best first
/// @param keyId the newest of the requested keys that all of them have
record ServerChoice(List<KnownServer> servers, KeyId keyId) {
    /// {@return a choice; empty when no candidate has one of the keys}
    ///
    /// @param candidates the best first; no more of them are looked at than it takes
    /// @param keyIds newest first
    static Optional<ServerChoice> of(
            Stream<KnownServer> candidates, List<KeyId> keyIds, int serversMax) {
        List<KnownServer> chosen = new ArrayList<>();
        List<KeyId> common = keyIds;
        Iterator<KnownServer> next = candidates.iterator();
        while (chosen.size() < serversMax && next.hasNext()) {
            KnownServer candidate = next.next();
            List<KeyId> shared = shared(common, candidate);
            if (!shared.isEmpty() && chosen.stream().noneMatch(it -> isSame(it, candidate))) {
                chosen.add(candidate);
                common = shared;
            }
        }
        return chosen.isEmpty()
                ? Optional.empty()
                : Optional.of(new ServerChoice(chosen, common.getFirst()));
    }

    /// {@return whether two servers must not be in one token: those that know themselves by one
    /// address, as containers do, take the same place in it and seal under the same numbers; and
    /// whoever dials one address twice gains nothing}
    private static boolean isSame(KnownServer one, KnownServer other) {
        return shareIdentity(one.announced, other.announced)
                || isSame(one.announced.publicAddress(), other.announced.publicAddress());
    }

    /// {@return whether two servers would seal packets of a token under the same numbers}
    static boolean shareIdentity(ServerAnnouncement one, ServerAnnouncement other) {
        return isSame(one.internalAddress(), other.internalAddress());
    }

    private static boolean isSame(NetAddress one, NetAddress other) {
        return PeerAddress.of(one).sameAs(PeerAddress.of(other));
    }

    /// {@return those of the keys that the server has, in the same order}
    static List<KeyId> shared(List<KeyId> keyIds, KnownServer server) {
        return keyIds.stream().filter(server.announced.keyIds()::contains).toList();
    }
}
