import { writeU64 } from "./little-endian.js";
import { PATH_ID_BYTES, VERSION } from "./wire.js";

/** Where the prefix of the packet goes. */
export const PREFIX_OFFSET: number = VERSION.length + 8;

/** Where the path id goes, of the packets that have one. */
export const PATH_ID_OFFSET: number = PREFIX_OFFSET + 1;

/** What is authenticated beside a packet's body: `VERSION · protocolId u64 · prefix u8`. */
export function associatedData(protocolId: bigint): Uint8Array {
    return withRoom(protocolId, PATH_ID_OFFSET);
}

/** The same of a packet with a path id: `VERSION · protocolId u64 · prefix u8 · pathId u64`. */
export function pathAssociatedData(protocolId: bigint): Uint8Array {
    return withRoom(protocolId, PATH_ID_OFFSET + PATH_ID_BYTES);
}

function withRoom(protocolId: bigint, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    bytes.set(VERSION);
    writeU64(bytes, VERSION.length, protocolId);
    return bytes;
}
