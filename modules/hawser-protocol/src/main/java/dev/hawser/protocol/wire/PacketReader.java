package dev.hawser.protocol.wire;

import dev.hawser.protocol.Drop;
import dev.hawser.protocol.crypto.PacketCipher;
import dev.hawser.protocol.crypto.PacketKey;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads sealed packets, in the order of the standard ("Reading Encrypted Packets"): everything
/// that is cheap first, the cipher last.
///
/// After [#inspect] has said [Drop#NONE], [#type()] and [#sequence()] are those of the packet as it
/// claims to be; after [#open] has, they are authentic and the body stands in the datagram. Belongs
/// to one thread.
public final class PacketReader {
    /// The sealed types that a server reads.
    public static final int SERVER_TYPES =
            mask(PacketType.CONNECTION_RESPONSE)
                    | mask(PacketType.KEEP_ALIVE)
                    | mask(PacketType.PAYLOAD)
                    | mask(PacketType.DISCONNECT)
                    | mask(PacketType.PATH_REQUEST)
                    | mask(PacketType.PATH_RESPONSE)
                    | mask(PacketType.PING);

    /// The types that a client reads.
    public static final int CLIENT_TYPES =
            mask(PacketType.CONNECTION_DENIED)
                    | mask(PacketType.CONNECTION_CHALLENGE)
                    | mask(PacketType.KEEP_ALIVE)
                    | mask(PacketType.PAYLOAD)
                    | mask(PacketType.DISCONNECT)
                    | mask(PacketType.PATH_ANSWER)
                    | mask(PacketType.PING);

    /// In these a path id stands before the sequence.
    private static final int TYPES_WITH_PATH_ID =
            mask(PacketType.PATH_REQUEST) | mask(PacketType.PATH_RESPONSE);

    private final PacketCipher cipher;
    private final byte[] associatedData;
    private final byte[] associatedDataWithPathId;
    private final ByteBuffer pathIdOfData;
    private final int allowedTypes;

    private byte prefix;
    private PacketType type = PacketType.CONNECTION_REQUEST;
    private long sequence;
    private int bodyOffset;
    private int bodyBytes;
    private boolean hasPathId;
    private long pathId;

    /// The flags without which no packet is like this one.
    private int extensionsNeeded;

    /// Creates a reader for the packets of one protocol id.
    ///
    /// @param allowedTypes [#SERVER_TYPES] or [#CLIENT_TYPES]
    public PacketReader(PacketCipher cipher, long protocolId, int allowedTypes) {
        this.cipher = cipher;
        this.associatedData = AssociatedData.of(protocolId);
        associatedDataWithPathId = AssociatedData.withPathId(protocolId);
        pathIdOfData = ByteBuffer.wrap(associatedDataWithPathId);
        this.allowedTypes = allowedTypes;
    }

    /// Checks what can be checked without a key: size, type, prefix, and that the body has a length
    /// its type can have.
    ///
    /// The body's length follows from the packet's, so nothing is lost by looking at it before the
    /// packet is opened, and a forger gets less work out of us.
    ///
    /// @param datagram the packet between position and limit; not changed
    public Drop inspect(ByteBuffer datagram) {
        int start = datagram.position();
        int length = datagram.remaining();
        if (length < Wire.SEALED_PACKET_BYTES_MIN) {
            return Drop.WRONG_SIZE;
        }
        prefix = datagram.get(start);
        int number = prefix & 0xf;
        if (number >= PacketType.COUNT || (allowedTypes & (1 << number)) == 0) {
            return Drop.WRONG_TYPE;
        }
        int sequenceBytes = (prefix & 0xff) >>> 4;
        if (sequenceBytes < 1 || sequenceBytes > 8) {
            return Drop.WRONG_PREFIX;
        }
        type = PacketType.of(number);
        hasPathId = (TYPES_WITH_PATH_ID & (1 << number)) != 0;
        int sequenceOffset = hasPathId ? 1 + Wire.PATH_ID_BYTES : 1;
        bodyBytes = length - sequenceOffset - sequenceBytes - Wire.TAG_BYTES;
        if (!isBodyLength(type, bodyBytes)) {
            return Drop.WRONG_SIZE;
        }
        if (hasPathId) {
            pathId = LittleEndian.getLong(datagram, start + 1);
        }
        sequenceOffset += start;
        sequence = 0;
        for (int i = 0; i < sequenceBytes; i++) {
            sequence |= (datagram.get(sequenceOffset + i) & 0xffL) << (8 * i);
        }
        bodyOffset = sequenceOffset + sequenceBytes;
        extensionsNeeded = extensionsNeeded(type, bodyBytes);
        return Drop.NONE;
    }

    /// Opens the packet that was inspected last, in place, and advances the replay window.
    ///
    /// @param datagram the same packet, or a copy of it at the same position
    /// @param window of the connection, or null where none exists yet; types below 4 do without
    /// @param extensions the flags of this connection's [ExtensionBlock]
    /// @return [Drop#NONE] when the body now stands between position and limit of `datagram`;
    ///   otherwise its content is undefined
    public Drop open(
            ByteBuffer datagram, PacketKey key, @Nullable ReplayWindow window, int extensions) {
        boolean isReplayProtected = type.ordinal() >= PacketType.KEEP_ALIVE.ordinal();
        if (isReplayProtected && window != null && window.alreadyReceived(sequence)) {
            return Drop.ALREADY_RECEIVED;
        }
        if ((extensionsNeeded & ~extensions) != 0) {
            return type.ordinal() < PacketType.PATH_REQUEST.ordinal()
                    ? Drop.WRONG_SIZE
                    : Drop.WRONG_TYPE;
        }
        byte[] data = associatedData;
        if (hasPathId) {
            data = associatedDataWithPathId;
            LittleEndian.putLong(pathIdOfData, AssociatedData.PATH_ID_OFFSET, pathId);
        }
        data[AssociatedData.PREFIX_OFFSET] = prefix;
        int sealedBytes = bodyBytes + Wire.TAG_BYTES;
        if (!cipher.open(key, sequence, data, datagram, bodyOffset, sealedBytes)) {
            return Drop.NOT_AUTHENTIC;
        }
        if (isReplayProtected && window != null) {
            window.advance(sequence);
        }
        datagram.limit(bodyOffset + bodyBytes).position(bodyOffset);
        return Drop.NONE;
    }

    /// {@return the type of the packet inspected last}
    public PacketType type() {
        return type;
    }

    /// {@return the sequence of the packet inspected last, unsigned}
    public long sequence() {
        return sequence;
    }

    /// {@return the path id of the packet inspected last, a path request or response}
    public long pathId() {
        return pathId;
    }

    private static int extensionsNeeded(PacketType type, int bodyBytes) {
        return switch (type) {
            case CONNECTION_DENIED, DISCONNECT ->
                    bodyBytes == 0 ? 0 : ExtensionBlock.STATES_REASONS;
            case KEEP_ALIVE ->
                    bodyBytes == Wire.KEEP_ALIVE_BODY_BYTES ? 0 : ExtensionBlock.SURVIVES_MOVES;
            case PATH_REQUEST, PATH_ANSWER, PATH_RESPONSE, PING -> ExtensionBlock.SURVIVES_MOVES;
            default -> 0;
        };
    }

    private boolean isBodyLength(PacketType type, int length) {
        return switch (type) {
            case CONNECTION_REQUEST, RESET -> false;
            case CONNECTION_DENIED, DISCONNECT ->
                    length == 0
                            || (length >= Wire.REASON_BODY_BYTES_MIN
                                    && length <= Wire.REASON_BODY_BYTES_MAX);
            case CONNECTION_CHALLENGE, CONNECTION_RESPONSE -> length == Wire.CHALLENGE_BODY_BYTES;
            case KEEP_ALIVE ->
                    length == Wire.KEEP_ALIVE_BODY_BYTES
                            || (length == Wire.PATH_KEEP_ALIVE_BODY_BYTES
                                    && allowedTypes == CLIENT_TYPES);
            case PAYLOAD -> length >= 1 && length <= Wire.PAYLOAD_BYTES_MAX;
            case PATH_REQUEST, PATH_RESPONSE -> length == Wire.PATH_BODY_BYTES;
            case PATH_ANSWER -> length == Wire.PATH_ANSWER_BODY_BYTES;
            case PING -> length == Wire.PING_BODY_BYTES;
        };
    }

    private static int mask(PacketType type) {
        return 1 << type.ordinal();
    }
}
