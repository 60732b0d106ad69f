package dev.hawser.online.agones;

import dev.hawser.online.http.BadAnswerException;
import dev.hawser.online.http.Json;
import dev.hawser.online.http.RemoteText;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads a GameServer as the sidecar writes it: Protocol Buffers' JSON with the names of
/// `sdk.proto`, in which numbers of 64 bits are strings, and what is not set is there all the same,
/// as null where it is an object.
final class GameServerReader {
    /// Ports and addresses; a pod has a few.
    private static final int ENTRIES_MAX = 256;

    private static final int TEXT_CHARACTERS_MAX = 200;
    private static final int PERIOD_SECONDS_MAX = Integer.MAX_VALUE;

    private String name = "";
    private String namespace = "";
    private String uid = "";
    private long generation;
    private boolean isBeingDeleted;
    private String state = "";
    private String address = "";
    private List<AgonesGameServer.TypedAddress> addresses = List.of();
    private List<AgonesGameServer.Port> ports = List.of();
    private Map<String, String> labels = Map.of();
    private Map<String, String> annotations = Map.of();
    private int healthPeriodSeconds;
    private boolean hasStatus;

    private GameServerReader() {}

    /// {@return what the answer to `GET /gameserver` says}
    static AgonesGameServer read(byte[] utf8, int length) throws BadAnswerException {
        GameServerReader reader = new GameServerReader();
        Json.readLargeObject(utf8, length, reader::readMember);
        return reader.gameServer();
    }

    /// {@return what a line of `GET /watch/gameserver` says}
    ///
    /// @throws BadAnswerException when it says nothing of a GameServer, or that the stream has
    ///   failed, which is then its last line
    static AgonesGameServer readResult(byte[] utf8, int length) throws BadAnswerException {
        GameServerReader reader = new GameServerReader();
        Json.readLargeObject(
                utf8,
                length,
                (name, value) -> {
                    switch (name) {
                        case "result" -> value.object(name, reader::readMember);
                        case "error" ->
                                throw new BadAnswerException("it says that the watch has failed");
                        default -> {
                            // A later version may say more.
                        }
                    }
                });
        return reader.gameServer();
    }

    /// {@return what the body of an error says, for people}
    static String readError(byte[] utf8, int length) {
        String[] message = {""};
        try {
            Json.readLargeObject(
                    utf8,
                    length,
                    (name, value) -> {
                        if (name.equals("message") && value.isString()) {
                            message[0] = value.text(name);
                        }
                    });
        } catch (BadAnswerException e) {
            return "";
        }
        return RemoteText.clean(message[0], TEXT_CHARACTERS_MAX, "");
    }

    private AgonesGameServer gameServer() throws BadAnswerException {
        if (!hasStatus) {
            throw new BadAnswerException("it has no status of a GameServer");
        }
        return new AgonesGameServer(
                new AgonesGameServer.Content(
                        name,
                        namespace,
                        uid,
                        isBeingDeleted,
                        state,
                        address,
                        addresses,
                        ports,
                        labels,
                        annotations,
                        healthPeriodSeconds),
                generation);
    }

    private void readMember(String name, Json value) throws IOException, BadAnswerException {
        if (value.isNull()) {
            return;
        }
        switch (name) {
            case "object_meta" -> value.object(name, this::readMeta);
            case "spec" -> value.object(name, this::readSpec);
            case "status" -> {
                hasStatus = true;
                value.object(name, this::readStatus);
            }
            default -> {
                // A later version may say more.
            }
        }
    }

    private void readMeta(String name, Json value) throws IOException, BadAnswerException {
        if (value.isNull()) {
            return;
        }
        switch (name) {
            case "name" -> this.name = value.text(name);
            case "namespace" -> namespace = value.text(name);
            case "uid" -> uid = value.text(name);
            case "generation" -> generation = value.unsigned64(name);
            case "deletion_timestamp" -> isBeingDeleted = !value.text(name).equals("0");
            case "labels" -> labels = texts(name, value);
            case "annotations" -> annotations = texts(name, value);
            default -> {
                // Resource version and time of creation are of no use here.
            }
        }
    }

    private static Map<String, String> texts(String name, Json value)
            throws IOException, BadAnswerException {
        Map<String, String> texts = new LinkedHashMap<>();
        value.object(name, (key, text) -> texts.put(key, text.text(name)));
        return Map.copyOf(texts);
    }

    private void readSpec(String name, Json value) throws IOException, BadAnswerException {
        if (name.equals("health") && !value.isNull()) {
            value.object(
                    name,
                    (member, of) -> {
                        if (member.equals("period_seconds")) {
                            healthPeriodSeconds = (int) of.number(member, PERIOD_SECONDS_MAX);
                        }
                    });
        }
    }

    private void readStatus(String name, Json value) throws IOException, BadAnswerException {
        if (value.isNull()) {
            return;
        }
        switch (name) {
            case "state" -> state = value.text(name);
            case "address" -> address = value.text(name);
            case "addresses" ->
                    addresses =
                            value.objects(name, ENTRIES_MAX, Entry::new).stream()
                                    .map(entry ->
                                            new AgonesGameServer.TypedAddress(
                                                    entry.type, entry.address))
                                    .toList();
            case "ports" ->
                    ports =
                            value.objects(name, ENTRIES_MAX, Entry::new).stream()
                                    .map(entry -> new AgonesGameServer.Port(entry.name, entry.port))
                                    .toList();
            default -> {
                // Players, counters and lists are the application's.
            }
        }
    }

    /// An address or a port.
    private static final class Entry implements Json.Members {
        private String type = "";
        private String address = "";
        private String name = "";
        private int port;

        @Override
        public void read(String name, Json value) throws IOException, BadAnswerException {
            if (value.isNull()) {
                return;
            }
            switch (name) {
                case "type" -> type = value.text(name);
                case "address" -> address = value.text(name);
                case "name" -> this.name = value.text(name);
                case "port" -> port = (int) value.number(name, Integer.MAX_VALUE);
                default -> {
                    // A later version may say more.
                }
            }
        }
    }
}
