package dev.hawser.online.operator;

import dev.hawser.online.fleet.ServerAnnouncement;
import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.Json;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.token.WebUrls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads what the service says. A later version may say more, which is passed over; what is needed
/// and missing is an answer of something else.
final class OperatorAnswers {
    private static final int KEY_IDS_MAX = 1024;

    private OperatorAnswers() {}

    /// Takes the members of an object, and makes a value of them at its end.
    interface Reader<T> extends Json.Members {
        T value() throws BadAnswerException;
    }

    /// A part of a list.
    static final class PageReader<T, R extends Reader<T>> implements Reader<FleetPage<T>> {
        private final String list;
        private final Supplier<R> readers;
        private @Nullable List<R> items;
        private @Nullable String next;

        /// @param list the name of the member with the items
        PageReader(String list, Supplier<R> readers) {
            this.list = list;
            this.readers = readers;
        }

        @Override
        public void read(String name, Json value) throws IOException, BadAnswerException {
            if (name.equals(list)) {
                items = value.objects(name, OperatorClient.PAGE_ITEMS_MAX, readers);
            } else if (name.equals("next")) {
                next = value.text(name);
            }
        }

        @Override
        public FleetPage<T> value() throws BadAnswerException {
            List<T> values = new ArrayList<>();
            for (R item : needed(list, items)) {
                values.add(item.value());
            }
            return new FleetPage<>(values, needed("next", next));
        }
    }

    /// A server, as `FleetServers` of `openapi.yaml` has it.
    static final class ServerReader implements Reader<FleetServer> {
        private final ServerAnnouncement.Builder announcement = ServerAnnouncement.builder();
        private @Nullable String webTransport;
        private @Nullable String webSocket;
        private int reservedSlots;
        private boolean isDraining;
        private int silentSeconds;

        @Override
        public void read(String name, Json value) throws IOException, BadAnswerException {
            try {
                take(name, value);
            } catch (IllegalArgumentException e) {
                throw new BadAnswerException("its " + name + " is none");
            }
        }

        private void take(String name, Json value) throws IOException, BadAnswerException {
            switch (name) {
                case "serverId" -> announcement.serverId(value.text(name));
                case "startId" -> announcement.startId(value.text(name));
                case "publicAddress" ->
                        announcement.publicAddress(NetAddress.parse(value.text(name)));
                case "internalAddress" ->
                        announcement.internalAddress(NetAddress.parse(value.text(name)));
                case "region" -> announcement.region(value.text(name));
                case "protocolId" -> announcement.protocolId(value.unsigned64(name));
                case "maxClients" -> announcement.maxClients(integer(name, value));
                case "freeSlots" -> announcement.freeSlots(integer(name, value));
                case "keyIds" ->
                        announcement.keyIds(
                                value.texts(name, KEY_IDS_MAX).stream().map(KeyId::parse).toList());
                case "maxConnectTokenLifetimeSeconds" ->
                        announcement.maxConnectTokenLifetimeSeconds(integer(name, value));
                case "webTransport" -> webTransport = value.text(name);
                case "webSocket" -> webSocket = value.text(name);
                case "reservedSlots" -> reservedSlots = integer(name, value);
                case "draining" -> isDraining = value.isTrue();
                case "silentSeconds" -> silentSeconds = integer(name, value);
                default -> {
                    // A later version of the service may say more.
                }
            }
        }

        @Override
        public FleetServer value() throws BadAnswerException {
            try {
                return new FleetServer(
                        announcement
                                .web(WebUrls.parse(webTransport, webSocket))
                                .draining(isDraining)
                                .build(),
                        reservedSlots,
                        isDraining,
                        silentSeconds);
            } catch (IllegalArgumentException | IllegalStateException e) {
                // The message would repeat a text of the service.
                throw new BadAnswerException("one of its servers cannot be");
            }
        }
    }

    private static int integer(String name, Json value) throws IOException, BadAnswerException {
        return (int) value.number(name, Integer.MAX_VALUE);
    }

    /// Where a player is.
    static final class PresenceReader implements Reader<PlayerPresence> {
        private @Nullable Long clientId;
        private @Nullable String serverId;
        private @Nullable String startId;
        private @Nullable String connectionId;
        private @Nullable Long since;

        @Override
        public void read(String name, Json value) throws IOException, BadAnswerException {
            switch (name) {
                case "clientId" -> clientId = value.unsigned64(name);
                case "serverId" -> serverId = value.text(name);
                case "startId" -> startId = value.text(name);
                case "connectionId" -> connectionId = value.text(name);
                case "since" -> since = value.number(name, Long.MAX_VALUE);
                default -> {
                    // A later version of the service may say more.
                }
            }
        }

        @Override
        public PlayerPresence value() throws BadAnswerException {
            return new PlayerPresence(
                    needed("clientId", clientId),
                    needed("serverId", serverId),
                    needed("startId", startId),
                    needed("connectionId", connectionId),
                    needed("since", since));
        }
    }

    /// A ban, and whom it ended.
    static final class BanReader implements Reader<BannedPlayer> {
        private @Nullable Long clientId;
        private long until = PlayerBan.FOR_EVER;
        private @Nullable String why;
        private @Nullable PresenceReader presence;

        @Override
        public void read(String name, Json value) throws IOException, BadAnswerException {
            switch (name) {
                case "clientId" -> clientId = value.unsigned64(name);
                case "until" -> until = value.number(name, Long.MAX_VALUE);
                case "why" -> why = value.text(name);
                case "present" -> {
                    PresenceReader reader = new PresenceReader();
                    value.object(name, reader);
                    presence = reader;
                }
                default -> {
                    // A later version of the service may say more.
                }
            }
        }

        @Override
        public BannedPlayer value() throws BadAnswerException {
            return new BannedPlayer(
                    new PlayerBan(needed("clientId", clientId), until, needed("why", why)),
                    presence == null ? Optional.empty() : Optional.of(presence.value()));
        }
    }

    /// A ban of a list.
    static final class ListedBanReader implements Reader<PlayerBan> {
        private final BanReader reader = new BanReader();

        @Override
        public void read(String name, Json value) throws IOException, BadAnswerException {
            reader.read(name, value);
        }

        @Override
        public PlayerBan value() throws BadAnswerException {
            return reader.value().ban();
        }
    }

    /// The server that leaves.
    static final class DrainedReader implements Reader<DrainedServer> {
        private @Nullable String serverId;
        private @Nullable String startId;

        @Override
        public void read(String name, Json value) throws IOException, BadAnswerException {
            switch (name) {
                case "serverId" -> serverId = value.text(name);
                case "startId" -> startId = value.text(name);
                default -> {
                    // A later version of the service may say more.
                }
            }
        }

        @Override
        public DrainedServer value() throws BadAnswerException {
            return new DrainedServer(needed("serverId", serverId), needed("startId", startId));
        }
    }

    /// The client id of a player.
    static final class ClientIdReader implements Reader<Long> {
        private @Nullable Long clientId;

        @Override
        public void read(String name, Json value) throws IOException, BadAnswerException {
            if (name.equals("clientId")) {
                clientId = value.unsigned64(name);
            }
        }

        @Override
        public Long value() throws BadAnswerException {
            return needed("clientId", clientId);
        }
    }

    private static <T> T needed(String name, @Nullable T value) throws BadAnswerException {
        if (value == null) {
            throw new BadAnswerException("its " + name + " is missing");
        }
        return value;
    }
}
