import { seal } from "../crypto/packet-cipher.js";
import {
    associatedData,
    PATH_ID_OFFSET,
    PREFIX_OFFSET,
    pathAssociatedData,
} from "./associated-data.js";
import { writeU64 } from "./little-endian.js";
import { PATH_ID_BYTES, type PacketType, TAG_BYTES } from "./wire.js";

/** Writes sealed packets of one protocol id. */
export class PacketWriter {
    readonly #associatedData: Uint8Array;
    readonly #pathAssociatedData: Uint8Array;

    constructor(protocolId: bigint) {
        this.#associatedData = associatedData(protocolId);
        this.#pathAssociatedData = pathAssociatedData(protocolId);
    }

    /**
     * A whole packet, in an array of its own: a browser may read it after the call that sends it.
     *
     * @param type any but a connection request and a reset, which are never sealed
     * @param sequence never used before under this key
     * @param pathId of a path request or path response, which name their connection; it is
     *   authenticated too
     */
    write(
        type: PacketType,
        sequence: bigint,
        key: Uint8Array,
        body: Uint8Array,
        pathId?: bigint,
    ): Uint8Array {
        const sequenceBytes = sequenceLength(sequence);
        const sequenceOffset = pathId === undefined ? 1 : 1 + PATH_ID_BYTES;
        const bodyOffset = sequenceOffset + sequenceBytes;
        const prefix = (sequenceBytes << 4) | type;
        const packet = new Uint8Array(bodyOffset + body.length + TAG_BYTES);
        packet[0] = prefix;
        let rest = sequence;
        for (let i = sequenceOffset; i < bodyOffset; i++) {
            packet[i] = Number(rest & 0xffn);
            rest >>= 8n;
        }
        let authenticated = this.#associatedData;
        if (pathId !== undefined) {
            authenticated = this.#pathAssociatedData;
            writeU64(packet, 1, pathId);
            writeU64(authenticated, PATH_ID_OFFSET, pathId);
        }
        authenticated[PREFIX_OFFSET] = prefix;
        packet.set(seal(key, sequence, authenticated, body), bodyOffset);
        return packet;
    }
}

/** How many bytes the sequence takes on the wire: as few as hold it, at least one. */
function sequenceLength(sequence: bigint): number {
    let length = 1;
    for (let rest = sequence >> 8n; rest > 0n; rest >>= 8n) {
        length++;
    }
    return length;
}
