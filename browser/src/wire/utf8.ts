const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The text in UTF-8, cut between two characters where it is longer than `bytesMax`. */
export function encodeCut(text: string, bytesMax: number): Uint8Array {
    const bytes = encoder.encode(text);
    if (bytes.length <= bytesMax) {
        return bytes;
    }
    let length = bytesMax;
    // Continuation bytes are 10xxxxxx: step back to the first byte of the cut character.
    while (length > 0 && ((bytes[length] ?? 0) & 0xc0) === 0x80) {
        length--;
    }
    return bytes.subarray(0, length);
}

/** The text cut to what `bytesMax` bytes of UTF-8 hold. */
export function cut(text: string, bytesMax: number): string {
    return decoder.decode(encodeCut(text, bytesMax));
}

/**
 * What a peer wrote, fit to be shown to a person: what is not UTF-8 is replaced, and controls and
 * the format characters that can turn the direction of a line around are left out.
 */
export function decodePrintable(bytes: Uint8Array): string {
    return printable(decoder.decode(bytes));
}

export function printable(text: string): string {
    return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "");
}
