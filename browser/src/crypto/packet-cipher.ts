import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { writeU64 } from "../wire/little-endian.js";

/**
 * The packet AEAD: ChaCha20-Poly1305 of RFC 8439, whose nonce is four zero bytes and the sequence.
 *
 * @param plaintext read, not changed
 * @returns the ciphertext and its tag of 16 bytes, in an array of their own
 */
export function seal(
    key: Uint8Array,
    sequence: bigint,
    associatedData: Uint8Array,
    plaintext: Uint8Array,
): Uint8Array {
    return chacha20poly1305(key, nonce(sequence), associatedData).encrypt(plaintext);
}

/**
 * Opens what {@link seal} has sealed.
 *
 * @param sealed ciphertext and tag, at least 16 bytes; read, not changed
 * @returns the plaintext in an array of its own; undefined when it is not authentic
 */
export function open(
    key: Uint8Array,
    sequence: bigint,
    associatedData: Uint8Array,
    sealed: Uint8Array,
): Uint8Array | undefined {
    try {
        return chacha20poly1305(key, nonce(sequence), associatedData).decrypt(sealed);
    } catch {
        // The library reports a forgery by throwing. Whatever else it could object to, sizes and
        // types, is fixed by the callers, so this is the only meaning it has.
        return undefined;
    }
}

function nonce(sequence: bigint): Uint8Array {
    const bytes = new Uint8Array(12);
    writeU64(bytes, 4, sequence);
    return bytes;
}
