import { writeU64 } from "./little-endian.js";
import { VERSION } from "./wire.js";

/** Where the prefix of the packet goes. */
export const PREFIX_OFFSET: number = VERSION.length + 8;

/** What is authenticated beside a packet's body: `VERSION · protocolId u64 · prefix u8`. */
export function associatedData(protocolId: bigint): Uint8Array {
    const bytes = new Uint8Array(PREFIX_OFFSET + 1);
    bytes.set(VERSION);
    writeU64(bytes, VERSION.length, protocolId);
    return bytes;
}
