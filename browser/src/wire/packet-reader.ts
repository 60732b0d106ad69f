import { open } from "../crypto/packet-cipher.js";
import type { Drop } from "../drop.js";
import { associatedData, PREFIX_OFFSET } from "./associated-data.js";
import { byteAt } from "./little-endian.js";
import type { ReplayWindow } from "./replay-window.js";
import {
    CHALLENGE_BODY_BYTES,
    KEEP_ALIVE_BODY_BYTES,
    PAYLOAD_BYTES_MAX,
    PacketType,
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
    readonly #allowedTypes: number;

    /** @param allowedTypes `CLIENT_TYPES` or `SERVER_TYPES` */
    constructor(protocolId: bigint, allowedTypes: number) {
        this.#associatedData = associatedData(protocolId);
        this.#allowedTypes = allowedTypes;
    }

    /**
     * Reads one packet; the window advances only when it has opened.
     *
     * @param packet not changed
     * @param window of the connection; types below 4 do without
     * @param statesReasons whether denied and disconnect packets of this connection may have a body
     */
    read(
        packet: Uint8Array,
        key: Uint8Array,
        window: ReplayWindow,
        statesReasons: boolean,
    ): OpenedPacket | Drop {
        if (packet.length < SEALED_PACKET_BYTES_MIN) {
            return "wrong-size";
        }
        const prefix = byteAt(packet, 0);
        const type = (prefix & 0xf) as PacketType;
        if (type > PacketType.DISCONNECT || (this.#allowedTypes & (1 << type)) === 0) {
            return "wrong-type";
        }
        const sequenceBytes = prefix >>> 4;
        if (sequenceBytes < 1 || sequenceBytes > 8) {
            return "wrong-prefix";
        }
        const bodyOffset = 1 + sequenceBytes;
        const bodyBytes = packet.length - bodyOffset - TAG_BYTES;
        if (!isBodyLength(type, bodyBytes, statesReasons)) {
            return "wrong-size";
        }
        const sequence = readSequence(packet, sequenceBytes);
        const isReplayProtected = type >= PacketType.KEEP_ALIVE;
        if (isReplayProtected && window.alreadyReceived(sequence)) {
            return "already-received";
        }
        this.#associatedData[PREFIX_OFFSET] = prefix;
        const body = open(key, sequence, this.#associatedData, packet.subarray(bodyOffset));
        if (body === undefined) {
            return "not-authentic";
        }
        if (isReplayProtected) {
            window.advance(sequence);
        }
        return { type, sequence, body };
    }
}

function readSequence(packet: Uint8Array, sequenceBytes: number): bigint {
    let low = 0;
    let high = 0;
    for (let i = sequenceBytes; i > 4; i--) {
        high = high * 256 + byteAt(packet, i);
    }
    for (let i = Math.min(sequenceBytes, 4); i > 0; i--) {
        low = low * 256 + byteAt(packet, i);
    }
    return (BigInt(high) << 32n) | BigInt(low);
}

function isBodyLength(type: PacketType, length: number, statesReasons: boolean): boolean {
    switch (type) {
        case PacketType.CONNECTION_REQUEST:
            return false;
        case PacketType.CONNECTION_DENIED:
        case PacketType.DISCONNECT:
            return (
                length === 0 ||
                (statesReasons &&
                    length >= REASON_BODY_BYTES_MIN &&
                    length <= REASON_BODY_BYTES_MAX)
            );
        case PacketType.CONNECTION_CHALLENGE:
        case PacketType.CONNECTION_RESPONSE:
            return length === CHALLENGE_BODY_BYTES;
        case PacketType.KEEP_ALIVE:
            return length === KEEP_ALIVE_BODY_BYTES;
        case PacketType.PAYLOAD:
            return length >= 1 && length <= PAYLOAD_BYTES_MAX;
    }
}
