package dev.hawser.testkit.pair;

import dev.hawser.testkit.SimulatedPacket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Every payload that a machine took, and how often it was delivered, and where.
final class PayloadLedger {
    private final Map<Content, Entry> entries = new HashMap<>();
    private final NonceLog.Reporter reporter;

    PayloadLedger(NonceLog.Reporter reporter) {
        this.reporter = reporter;
    }

    /// Not a record: there is one for each payload of thousands of worlds, and what a record
    /// compares itself with is slow until it is optimised.
    private static final class Content {
        private final int tokenSerial;
        private final boolean toServer;
        private final byte[] payload;
        private final int hash;

        private Content(int tokenSerial, boolean toServer, byte[] payload) {
            this.tokenSerial = tokenSerial;
            this.toServer = toServer;
            this.payload = payload;
            hash = (Arrays.hashCode(payload) * 31 + tokenSerial) * 31 + (toServer ? 1 : 0);
        }

        static Content of(MintedToken token, boolean toServer, byte[] payload) {
            return new Content(token.serial, toServer, payload);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Content that
                    && tokenSerial == that.tokenSerial
                    && toServer == that.toServer
                    && Arrays.equals(payload, that.payload);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private static final class Entry {
        int sent;
        int serverIndex;
        int delivered;

        /// The lives of servers in which it was delivered.
        final Set<Object> lives = new HashSet<>();
    }

    void sentToServer(MintedToken token, SimulatedServer server, byte[] payload) {
        Entry entry = sent(Content.of(token, true, payload));
        entry.serverIndex = token.servers.indexOf(server);
    }

    void sentToClient(MintedToken token, byte[] payload) {
        sent(Content.of(token, false, payload));
    }

    private Entry sent(Content content) {
        Entry entry = entries.computeIfAbsent(content, _ -> new Entry());
        entry.sent++;
        return entry;
    }

    void receivedByClient(MintedToken token, byte[] payload, SimulatedPacket packet) {
        Entry entry = entries.get(Content.of(token, false, payload));
        if (entry == null) {
            reportUnknown(token, false, payload, packet);
        } else if (++entry.delivered > entry.sent && !token.isMisused) {
            report("a payload was delivered twice to the client of " + token, packet);
        }
    }

    /// What a client sent to a later server of its token may be replayed at an earlier one that
    /// still gives it a slot, which no server can know: that alone is let pass.
    void receivedByServer(
            MintedToken token,
            SimulatedServer server,
            Object life,
            byte[] payload,
            SimulatedPacket packet) {
        Entry entry = entries.get(Content.of(token, true, payload));
        if (entry == null) {
            reportUnknown(token, true, payload, packet);
            return;
        }
        boolean isFirstHere = entry.lives.add(life);
        int serverIndex = token.servers.indexOf(server);
        boolean isLeftForLater = serverIndex < entry.serverIndex && isFirstHere;
        if (isLeftForLater || token.isMisused) {
            return;
        }
        if (serverIndex > entry.serverIndex) {
            report("a payload to an earlier server was delivered at " + server, packet);
        }
        if (++entry.delivered > entry.sent) {
            report("a payload was delivered twice at " + server, packet);
        }
    }

    private void reportUnknown(
            MintedToken token, boolean toServer, byte[] payload, @Nullable SimulatedPacket packet) {
        boolean isIntact = TracedPayload.isIntact(payload, token.clientId, toServer);
        report(
                "a payload was delivered under "
                        + token
                        + (isIntact ? ", but was sent under another" : " that nobody sent"),
                packet);
    }

    private void report(String problem, @Nullable SimulatedPacket packet) {
        reporter.report(Invariant.PAYLOADS_ONCE_AND_UNALTERED, problem + ": " + packet);
    }
}
