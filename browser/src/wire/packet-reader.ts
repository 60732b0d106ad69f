import { open } from "../crypto/packet-cipher.js";
import type { Drop } from "../drop.js";
import {
    associatedData,
    PATH_ID_OFFSET,
    PREFIX_OFFSET,
    pathAssociatedData,
} from "./associated-data.js";
import { STATES_REASONS, SURVIVES_MOVES } from "./extension-block.js";
import { byteAt, readU64, writeU64 } from "./little-endian.js";
import type { ReplayWindow } from "./replay-window.js";
import {
    CHALLENGE_BODY_BYTES,
    CLIENT_TYPES,
    KEEP_ALIVE_BODY_BYTES,
    PATH_ANSWER_BODY_BYTES,
    PATH_BODY_BYTES,
    PATH_ID_BYTES,
    PATH_KEEP_ALIVE_BODY_BYTES,
    PAYLOAD_BYTES_MAX,
    PacketType,
    PING_BODY_BYTES,
    REASON_BODY_BYTES_MAX,
    REASON_BODY_BYTES_MIN,
    SEALED_PACKET_BYTES_MIN,
    TAG_BYTES,
} from "./wire.js";

/** A packet that has opened. */
export interface OpenedPacket {
    readonly type: PacketType;
    readonly sequence: bigint;
    readonly body: Uint8Array;
    /** Of a path request or path response only. */
    readonly pathId?: bigint;
}

/**
 * Reads sealed packets, in the order of the standard ("Reading Encrypted Packets"): everything
 * that is cheap first, the cipher last.
 *
 * The body's length follows from the packet's, so it is looked at before the packet is opened: a
 * forger gets less work out of us.
 */
export class PacketReader {
    readonly #associatedData: Uint8Array;
    readonly #pathAssociatedData: Uint8Array;
    readonly #allowedTypes: number;

    /** @param allowedTypes `CLIENT_TYPES` or `SERVER_TYPES` */
    constructor(protocolId: bigint, allowedTypes: number) {
        this.#associatedData = associatedData(protocolId);
        this.#pathAssociatedData = pathAssociatedData(protocolId);
        this.#allowedTypes = allowedTypes;
    }

    /**
     * Reads one packet; the window advances only when it has opened.
     *
     * @param packet not changed
     * @param window of the connection; types below 4 do without
     * @param extensions the flags of this connection's extension block
     */
    read(
        packet: Uint8Array,
        key: Uint8Array,
        window: ReplayWindow,
        extensions: number,
    ): OpenedPacket | Drop {
        if (packet.length < SEALED_PACKET_BYTES_MIN) {
            return "wrong-size";
        }
        const prefix = byteAt(packet, 0);
        const type = (prefix & 0xf) as PacketType;
        if ((this.#allowedTypes & (1 << type)) === 0) {
            return "wrong-type";
        }
        const sequenceBytes = prefix >>> 4;
        if (sequenceBytes < 1 || sequenceBytes > 8) {
            return "wrong-prefix";
        }
        const hasPathId = type === PacketType.PATH_REQUEST || type === PacketType.PATH_RESPONSE;
        const sequenceOffset = hasPathId ? 1 + PATH_ID_BYTES : 1;
        const bodyOffset = sequenceOffset + sequenceBytes;
        const bodyBytes = packet.length - bodyOffset - TAG_BYTES;
        if (!this.#isBodyLength(type, bodyBytes)) {
            return "wrong-size";
        }
        const sequence = readSequence(packet, sequenceOffset, sequenceBytes);
        const isReplayProtected = type >= PacketType.KEEP_ALIVE;
        if (isReplayProtected && window.alreadyReceived(sequence)) {
            return "already-received";
        }
        if ((extensionsNeeded(type, bodyBytes) & ~extensions) !== 0) {
            return type > PacketType.DISCONNECT ? "wrong-type" : "wrong-size";
        }
        let authenticated = this.#associatedData;
        if (hasPathId) {
            authenticated = this.#pathAssociatedData;
            writeU64(authenticated, PATH_ID_OFFSET, readU64(packet, 1));
        }
        authenticated[PREFIX_OFFSET] = prefix;
        const body = open(key, sequence, authenticated, packet.subarray(bodyOffset));
        if (body === undefined) {
            return "not-authentic";
        }
        if (isReplayProtected) {
            window.advance(sequence);
        }
        return hasPathId
            ? { type, sequence, body, pathId: readU64(packet, 1) }
            : { type, sequence, body };
    }

    #isBodyLength(type: PacketType, length: number): boolean {
        switch (type) {
            case PacketType.CONNECTION_REQUEST:
            case PacketType.RESET:
                return false;
            case PacketType.CONNECTION_DENIED:
            case PacketType.DISCONNECT:
                return (
                    length === 0 ||
                    (length >= REASON_BODY_BYTES_MIN && length <= REASON_BODY_BYTES_MAX)
                );
            case PacketType.CONNECTION_CHALLENGE:
            case PacketType.CONNECTION_RESPONSE:
                return length === CHALLENGE_BODY_BYTES;
            case PacketType.KEEP_ALIVE:
                return (
                    length === KEEP_ALIVE_BODY_BYTES ||
                    (length === PATH_KEEP_ALIVE_BODY_BYTES && this.#allowedTypes === CLIENT_TYPES)
                );
            case PacketType.PAYLOAD:
                return length >= 1 && length <= PAYLOAD_BYTES_MAX;
            case PacketType.PATH_REQUEST:
            case PacketType.PATH_RESPONSE:
                return length === PATH_BODY_BYTES;
            case PacketType.PATH_ANSWER:
                return length === PATH_ANSWER_BODY_BYTES;
            case PacketType.PING:
                return length === PING_BODY_BYTES;
        }
    }
}

function readSequence(packet: Uint8Array, offset: number, sequenceBytes: number): bigint {
    let low = 0;
    let high = 0;
    for (let i = sequenceBytes - 1; i >= 4; i--) {
        high = high * 256 + byteAt(packet, offset + i);
    }
    for (let i = Math.min(sequenceBytes, 4) - 1; i >= 0; i--) {
        low = low * 256 + byteAt(packet, offset + i);
    }
    return (BigInt(high) << 32n) | BigInt(low);
}

/** The flags without which no packet is like this one. */
function extensionsNeeded(type: PacketType, bodyBytes: number): number {
    switch (type) {
        case PacketType.CONNECTION_DENIED:
        case PacketType.DISCONNECT:
            return bodyBytes === 0 ? 0 : STATES_REASONS;
        case PacketType.KEEP_ALIVE:
            return bodyBytes === KEEP_ALIVE_BODY_BYTES ? 0 : SURVIVES_MOVES;
        default:
            return type > PacketType.DISCONNECT ? SURVIVES_MOVES : 0;
    }
}
