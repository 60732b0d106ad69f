package dev.hawser.steam;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.hawser.protocol.NetAddress;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// The structs of Steam's networking, byte for byte (`steamnetworkingtypes.h` and
/// `isteamnetworkingsockets.h` of GameNetworkingSockets), and how their fields are read and
/// written.
///
/// Valve packs the structs of callbacks to 4 bytes on Linux and macOS and to 8 on Windows. The
/// padding is written out here, and all fields are accessed unaligned, so that no compiler's rules
/// have to be repeated.
final class SteamLayouts {
    /// `SteamNetworkingIPAddr`; the port is in the machine's byte order.
    static final StructLayout ADDRESS =
            MemoryLayout.structLayout(
                            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("ipv6"),
                            JAVA_SHORT_UNALIGNED.withName("port"))
                    .withName("SteamNetworkingIPAddr");

    /// `SteamNetworkingIdentity`.
    static final StructLayout IDENTITY =
            MemoryLayout.structLayout(
                            JAVA_INT_UNALIGNED.withName("type"),
                            JAVA_INT_UNALIGNED.withName("size"),
                            MemoryLayout.sequenceLayout(128, JAVA_BYTE).withName("value"))
                    .withName("SteamNetworkingIdentity");

    /// `SteamNetworkingConfigValue_t`.
    static final StructLayout OPTION =
            MemoryLayout.structLayout(
                            JAVA_INT_UNALIGNED.withName("key"),
                            JAVA_INT_UNALIGNED.withName("type"),
                            JAVA_LONG_UNALIGNED.withName("value"))
                    .withName("SteamNetworkingConfigValue_t");

    /// `SteamNetConnectionInfo_t`.
    static final StructLayout INFO =
            MemoryLayout.structLayout(
                            IDENTITY.withName("identity"),
                            JAVA_LONG_UNALIGNED.withName("userData"),
                            JAVA_INT_UNALIGNED.withName("listenSocket"),
                            ADDRESS.withName("address"),
                            MemoryLayout.paddingLayout(2),
                            JAVA_INT_UNALIGNED.withName("remotePop"),
                            JAVA_INT_UNALIGNED.withName("relayPop"),
                            JAVA_INT_UNALIGNED.withName("state"),
                            JAVA_INT_UNALIGNED.withName("endReason"),
                            MemoryLayout.sequenceLayout(128, JAVA_BYTE).withName("endDebug"),
                            MemoryLayout.sequenceLayout(128, JAVA_BYTE).withName("description"),
                            JAVA_INT_UNALIGNED.withName("flags"),
                            MemoryLayout.paddingLayout(63 * 4))
                    .withName("SteamNetConnectionInfo_t");

    /// `SteamNetConnectionRealTimeStatus_t`.
    static final StructLayout STATUS =
            MemoryLayout.structLayout(
                            JAVA_INT_UNALIGNED.withName("state"),
                            JAVA_INT_UNALIGNED.withName("pingMillis"),
                            JAVA_FLOAT_UNALIGNED.withName("qualityLocal"),
                            JAVA_FLOAT_UNALIGNED.withName("qualityRemote"),
                            JAVA_FLOAT_UNALIGNED.withName("outPacketsPerSecond"),
                            JAVA_FLOAT_UNALIGNED.withName("outBytesPerSecond"),
                            JAVA_FLOAT_UNALIGNED.withName("inPacketsPerSecond"),
                            JAVA_FLOAT_UNALIGNED.withName("inBytesPerSecond"),
                            JAVA_INT_UNALIGNED.withName("sendRateBytesPerSecond"),
                            JAVA_INT_UNALIGNED.withName("pendingUnreliable"),
                            JAVA_INT_UNALIGNED.withName("pendingReliable"),
                            JAVA_INT_UNALIGNED.withName("unackedReliable"),
                            JAVA_LONG_UNALIGNED.withName("queueMicros"),
                            JAVA_INT_UNALIGNED.withName("jitterMicros"),
                            MemoryLayout.paddingLayout(15 * 4))
                    .withName("SteamNetConnectionRealTimeStatus_t");

    /// `SteamNetworkingMessage_t`.
    static final StructLayout MESSAGE =
            MemoryLayout.structLayout(
                            ADDRESS_UNALIGNED.withName("data"),
                            JAVA_INT_UNALIGNED.withName("size"),
                            JAVA_INT_UNALIGNED.withName("connection"),
                            IDENTITY.withName("identity"),
                            JAVA_LONG_UNALIGNED.withName("connectionUserData"),
                            JAVA_LONG_UNALIGNED.withName("timeMicros"),
                            JAVA_LONG_UNALIGNED.withName("number"),
                            ADDRESS_UNALIGNED.withName("free"),
                            ADDRESS_UNALIGNED.withName("release"),
                            JAVA_INT_UNALIGNED.withName("channel"),
                            JAVA_INT_UNALIGNED.withName("flags"),
                            JAVA_LONG_UNALIGNED.withName("userData"),
                            JAVA_SHORT_UNALIGNED.withName("lane"),
                            MemoryLayout.paddingLayout(6))
                    .withName("SteamNetworkingMessage_t");

    static final int IDENTITY_INVALID = 0;
    static final int IDENTITY_IP = 1;
    static final int IDENTITY_NAME = 2;
    static final int IDENTITY_STEAM_ID = 16;

    private static final long IDENTITY_TYPE = offset(IDENTITY, "type");
    private static final long IDENTITY_SIZE = offset(IDENTITY, "size");
    private static final long IDENTITY_VALUE = offset(IDENTITY, "value");

    /// The longest name, without the zero at its end.
    private static final int NAME_BYTES_MAX = 31;

    static final int OPTION_INT = 1;
    static final int OPTION_LONG = 2;
    static final int OPTION_FLOAT = 3;
    static final int OPTION_POINTER = 5;

    private SteamLayouts() {}

    /// How Valve packs the structs of callbacks.
    enum Packing {
        /// Linux and macOS.
        FOUR,
        /// Windows.
        EIGHT;

        static Packing ofSystem(String osName) {
            return osName.startsWith("Windows") ? EIGHT : FOUR;
        }
    }

    /// `SteamNetConnectionStatusChangedCallback_t`: the one struct whose offsets differ.
    static StructLayout statusChange(Packing packing) {
        StructLayout layout =
                switch (packing) {
                    case FOUR ->
                            MemoryLayout.structLayout(
                                    JAVA_INT_UNALIGNED.withName("connection"),
                                    INFO.withName("info"),
                                    JAVA_INT_UNALIGNED.withName("oldState"));
                    case EIGHT ->
                            MemoryLayout.structLayout(
                                    JAVA_INT_UNALIGNED.withName("connection"),
                                    MemoryLayout.paddingLayout(4),
                                    INFO.withName("info"),
                                    JAVA_INT_UNALIGNED.withName("oldState"),
                                    MemoryLayout.paddingLayout(4));
                };
        return layout.withName("SteamNetConnectionStatusChangedCallback_t");
    }

    /// {@return where a field of a struct begins, in bytes}
    ///
    /// It looks for the name, so that those who read structs ask once.
    static long offset(StructLayout layout, String field) {
        return layout.byteOffset(groupElement(field));
    }

    // ---- Texts

    /// {@return the text up to the zero; what is not UTF-8 is replaced}
    static String text(MemorySegment chars) {
        int length = 0;
        while (length < chars.byteSize() && chars.get(JAVA_BYTE, length) != 0) {
            length++;
        }
        byte[] bytes = chars.asSlice(0, length).toArray(JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// {@return as many characters of a text as fit so many bytes of UTF-8}
    static String cut(String text, int bytesMax) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= bytesMax) {
            return text;
        }
        CharsetDecoder decoder =
                StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);
        CharBuffer chars = CharBuffer.allocate(bytesMax);
        // Where the cut goes through a character, what comes before it stays.
        CoderResult _ = decoder.decode(ByteBuffer.wrap(bytes, 0, bytesMax), chars, false);
        return chars.flip().toString();
    }

    // ---- Addresses

    /// @param struct a `SteamNetworkingIPAddr`
    static void writeAddress(MemorySegment struct, NetAddress address) {
        ByteBuffer bytes = struct.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
        boolean isAny = address.isIpv4() && (int) address.low() == 0;
        // All zeros is every interface; ::ffff:0.0.0.0 would be an address.
        bytes.putLong(0, address.high());
        bytes.putLong(8, isAny ? 0 : address.low());
        struct.set(JAVA_SHORT_UNALIGNED, 16, (short) address.port());
    }

    /// @param struct a `SteamNetworkingIPAddr`
    static NetAddress readAddress(MemorySegment struct) {
        ByteBuffer bytes = struct.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
        int port = Short.toUnsignedInt(struct.get(JAVA_SHORT_UNALIGNED, 16));
        return NetAddress.ofNumbers(bytes.getLong(0), bytes.getLong(8), port);
    }

    // ---- Identities

    static void checkName(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > NAME_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the name '"
                            + name
                            + "' has "
                            + bytes
                            + " bytes in UTF-8, but an identity has 1 to "
                            + NAME_BYTES_MAX);
        }
    }

    /// @param struct a `SteamNetworkingIdentity`
    static void writeIdentity(MemorySegment struct, SteamIdentity identity) {
        struct.fill((byte) 0);
        switch (identity) {
            case SteamIdentity.SteamId(long value) -> {
                writeIdentityHead(struct, IDENTITY_STEAM_ID, Long.BYTES);
                struct.set(JAVA_LONG_UNALIGNED, IDENTITY_VALUE, value);
            }
            case SteamIdentity.Name(String name) -> {
                byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
                writeIdentityHead(struct, IDENTITY_NAME, bytes.length + 1);
                MemorySegment.copy(bytes, 0, struct, JAVA_BYTE, IDENTITY_VALUE, bytes.length);
            }
            case SteamIdentity.Anonymous() -> writeIdentityHead(struct, IDENTITY_INVALID, 0);
        }
    }

    private static void writeIdentityHead(MemorySegment struct, int type, int size) {
        struct.set(JAVA_INT_UNALIGNED, IDENTITY_TYPE, type);
        struct.set(JAVA_INT_UNALIGNED, IDENTITY_SIZE, size);
    }

    /// @param struct a `SteamNetworkingIdentity`
    static SteamIdentity readIdentity(MemorySegment struct) {
        MemorySegment value = struct.asSlice(IDENTITY_VALUE);
        return switch (struct.get(JAVA_INT_UNALIGNED, IDENTITY_TYPE)) {
            case IDENTITY_STEAM_ID -> new SteamIdentity.SteamId(value.get(JAVA_LONG_UNALIGNED, 0));
            case IDENTITY_NAME -> named(text(value));
            default -> new SteamIdentity.Anonymous();
        };
    }

    /// It comes from a peer, who may have put anything there.
    private static SteamIdentity named(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        return bytes < 1 || bytes > NAME_BYTES_MAX
                ? new SteamIdentity.Anonymous()
                : new SteamIdentity.Name(name);
    }
}
