package dev.hawser.redis;

import dev.hawser.backend.registry.ListedServer;
import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.token.WebUrls;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A server as it lies in the store: each part of its announcement as a text.
final class StoredServer {
    private StoredServer() {}

    /// {@return names and values of what a server said, as announce.lua takes them; the public
    /// address comes first}
    static List<String> fields(ServerAnnouncement said) {
        List<String> fields = new ArrayList<>();
        add(fields, "addr", said.publicAddress());
        add(fields, "iaddr", said.internalAddress());
        // By these two servers are told apart: an IPv4 address is the same in both its forms.
        add(fields, "cpub", PeerAddress.of(said.publicAddress()).toNetAddress());
        add(fields, "cint", PeerAddress.of(said.internalAddress()).toNetAddress());
        add(fields, "region", said.region());
        add(fields, "proto", StoreKeys.hex(said.protocolId()));
        add(fields, "max", said.maxClients());
        add(fields, "free", said.freeSlots());
        add(fields, "keys", keys(said.keyIds()));
        add(fields, "life", said.maxConnectTokenLifetimeSeconds());
        add(fields, "hashes", String.join(",", said.webTransportCertificateHashes()));
        add(fields, "wt", text(said.web().webTransport()));
        add(fields, "ws", text(said.web().webSocket()));
        add(fields, "seq", said.sequence());
        if (said.isDraining()) {
            // Else what the operator has said stands.
            add(fields, "drain", 1);
        }
        return fields;
    }

    private static void add(List<String> fields, String name, Object value) {
        fields.add(name);
        fields.add(value.toString());
    }

    private static String text(@Nullable URI uri) {
        return uri == null ? "" : uri.toString();
    }

    static String keys(List<KeyId> keyIds) {
        return keyIds.stream().map(KeyId::toString).collect(Collectors.joining(","));
    }

    /// {@return what `listed` in registry.lua answers}
    static ListedServer read(List<?> told) {
        ServerAnnouncement announcement =
                ServerAnnouncement.builder()
                        .serverId(word(told, 0))
                        .publicAddress(NetAddress.parse(word(told, 1)))
                        .internalAddress(NetAddress.parse(word(told, 2)))
                        .region(word(told, 3))
                        .protocolId(StoreKeys.number(word(told, 4)))
                        .maxClients(number(told, 5))
                        .freeSlots(number(told, 6))
                        .keyIds(words(told, 7).map(KeyId::parse).toList())
                        .maxConnectTokenLifetimeSeconds(number(told, 8))
                        .webTransportCertificateHashes(words(told, 9).toList())
                        .web(WebUrls.parse(word(told, 10), word(told, 11)))
                        .startId(word(told, 12))
                        .sequence(Long.parseLong(word(told, 13)))
                        .build();
        return new ListedServer(
                announcement,
                Math.max(0, number(told, 14)),
                word(told, 15).equals("1"),
                number(told, 16));
    }

    private static String word(List<?> told, int index) {
        return String.valueOf(told.get(index));
    }

    private static int number(List<?> told, int index) {
        return Integer.parseInt(word(told, index));
    }

    private static Stream<String> words(List<?> told, int index) {
        String all = word(told, index);
        return all.isEmpty() ? Stream.empty() : Stream.of(all.split(",", -1));
    }
}
