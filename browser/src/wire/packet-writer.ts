import { seal } from "../crypto/packet-cipher.js";
import { associatedData, PREFIX_OFFSET } from "./associated-data.js";
import { type PacketType, TAG_BYTES } from "./wire.js";

/** Writes sealed packets of one protocol id. */
export class PacketWriter {
    readonly #associatedData: Uint8Array;

    constructor(protocolId: bigint) {
        this.#associatedData = associatedData(protocolId);
    }

    /**
     * A whole packet, in an array of its own: a browser may read it after the call that sends it.
     *
     * @param type any but a connection request, which is never sealed
     * @param sequence never used before under this key
     */
    write(type: PacketType, sequence: bigint, key: Uint8Array, body: Uint8Array): Uint8Array {
        const sequenceBytes = sequenceLength(sequence);
        const prefix = (sequenceBytes << 4) | type;
        const packet = new Uint8Array(1 + sequenceBytes + body.length + TAG_BYTES);
        packet[0] = prefix;
        let rest = sequence;
        for (let i = 1; i <= sequenceBytes; i++) {
            packet[i] = Number(rest & 0xffn);
            rest >>= 8n;
        }
        this.#associatedData[PREFIX_OFFSET] = prefix;
        packet.set(seal(key, sequence, this.#associatedData, body), 1 + sequenceBytes);
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
