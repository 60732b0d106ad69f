import { byteAt, readU16, readU32 } from "./little-endian.js";
import { SERVERS_PER_TOKEN_MAX } from "./wire.js";

const GROUPS = 8;
/** A colon and up to five digits: further from the end the reference looks for no port. */
const PORT_CHARS_MAX = 6;
const PORT_MAX = 65535;
const TYPE_IPV4 = 1;
const TYPE_IPV6 = 2;
const MAPPED_PREFIX: readonly number[] = [0, 0, 0, 0, 0, 0xffff];

/**
 * An IP address and a port as tokens carry them and people write them.
 *
 * `1.2.3.4:80` and `[::ffff:1.2.3.4]:80` have the same numbers and are different addresses in a
 * token. Where peers are compared, compare the numbers: {@link sameNumbers}.
 */
export interface NetAddress {
    /** The eight groups of the IPv6 address; of an IPv4 address those that map it. */
    readonly groups: readonly number[];
    /** 0 to 65535, 0 where none was given. */
    readonly port: number;
    readonly isIpv4: boolean;
}

export function sameNumbers(one: NetAddress, other: NetAddress): boolean {
    return one.port === other.port && one.groups.every((group, at) => group === other.groups[at]);
}

// ---- In a token

/**
 * Reads `count u32 · count × address` at an offset. The longest list takes 612 bytes, which every
 * token has there.
 *
 * @returns the servers and the offset behind them; or what is wrong with the list
 */
export function readServers(
    bytes: Uint8Array,
    offset: number,
): { readonly servers: readonly NetAddress[]; readonly end: number } | string {
    const count = readU32(bytes, offset);
    if (count < 1 || count > SERVERS_PER_TOKEN_MAX) {
        return `it lists ${count} servers, but a token has 1 to ${SERVERS_PER_TOKEN_MAX}`;
    }
    const servers: NetAddress[] = [];
    let at = offset + 4;
    while (servers.length < count) {
        const type = byteAt(bytes, at);
        if (type === TYPE_IPV4) {
            const octets = Array.from(bytes.subarray(at + 1, at + 5));
            servers.push(ipv4(octets, readU16(bytes, at + 5)));
            at += 7;
        } else if (type === TYPE_IPV6) {
            const groups = Array.from({ length: GROUPS }, (_, i) => readU16(bytes, at + 1 + 2 * i));
            servers.push({ groups, port: readU16(bytes, at + 17), isIpv4: false });
            at += 19;
        } else {
            return (
                `the address of server ${servers.length + 1} of ${count} is neither of type 1` +
                " (IPv4) nor 2 (IPv6)"
            );
        }
    }
    return { servers, end: at };
}

function ipv4(octets: readonly number[], port: number): NetAddress {
    const [a = 0, b = 0, c = 0, d = 0] = octets;
    return { groups: [...MAPPED_PREFIX, (a << 8) | b, (c << 8) | d], port, isIpv4: true };
}

// ---- Read as text

/**
 * Reads an address as people write it: `1.2.3.4:80`, `1.2.3.4`, `[::1]:80`, `::1`.
 *
 * It accepts what the reference implementation accepts, slips included, neither more nor less, so
 * that a configuration means the same to both. Names are not looked up.
 *
 * @returns undefined when the text is no such address
 */
export function parseAddress(text: string): NetAddress | undefined {
    let host = text;
    let port: number | undefined = 0;
    if (text.startsWith("[")) {
        const bracket = text.lastIndexOf("]:");
        if (bracket >= 2 && isPortColon(text, bracket + 1)) {
            port = parsePort(text.slice(bracket + 2));
            host = text.slice(1, bracket);
        } else {
            // The reference reads an address whose bracket never closes.
            host = text.slice(1, text.endsWith("]") ? -1 : undefined);
        }
    }
    if (port === undefined) {
        return undefined;
    }
    const groups = parseGroups(host);
    if (groups !== undefined) {
        return { groups, port, isIpv4: false };
    }
    const colon = host.lastIndexOf(":");
    if (colon >= 0 && isPortColon(host, colon)) {
        port = parsePort(host.slice(colon + 1));
        host = host.slice(0, colon);
    }
    const octets = parseOctets(host);
    return octets === undefined || port === undefined ? undefined : ipv4(octets, port);
}

function isPortColon(text: string, colon: number): boolean {
    return text.length - colon <= PORT_CHARS_MAX;
}

function parsePort(digits: string): number | undefined {
    const port = Number(digits);
    return /^[0-9]+$/.test(digits) && port <= PORT_MAX ? port : undefined;
}

/**
 * As `inet_pton(AF_INET6)`: groups of one to four hex digits, one `::` for one zero group or more,
 * and the last two groups perhaps written as IPv4.
 */
function parseGroups(host: string): number[] | undefined {
    const halves = host.split("::");
    if (halves.length > 2) {
        return undefined;
    }
    const [front = "", back] = halves;
    const head = parseHalf(front, back === undefined);
    const tail = back === undefined ? [] : parseHalf(back, true);
    if (head === undefined || tail === undefined) {
        return undefined;
    }
    const count = head.length + tail.length;
    // Without a gap all groups are there; a gap stands for at least one.
    if (back === undefined ? count !== GROUPS : count >= GROUPS) {
        return undefined;
    }
    return [...head, ...new Array<number>(GROUPS - count).fill(0), ...tail];
}

function parseHalf(text: string, mayEndInIpv4: boolean): number[] | undefined {
    if (text === "") {
        return [];
    }
    const groups: number[] = [];
    const parts = text.split(":");
    for (const [at, part] of parts.entries()) {
        if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
            groups.push(Number.parseInt(part, 16));
            continue;
        }
        const octets = mayEndInIpv4 && at === parts.length - 1 ? parseOctets(part) : undefined;
        if (octets === undefined) {
            return undefined;
        }
        groups.push(...ipv4(octets, 0).groups.slice(-2));
    }
    return groups;
}

/** As `inet_pton(AF_INET)`: four decimal octets, none with a leading zero. */
function parseOctets(text: string): number[] | undefined {
    const octets = text.split(".");
    const areOctets =
        octets.length === 4 &&
        octets.every((octet) => /^(0|[1-9][0-9]{0,2})$/.test(octet) && Number(octet) <= 255);
    return areOctets ? octets.map(Number) : undefined;
}

// ---- Written as text

/** The address as the reference implementation prints it: `[::1]:80`, or `::1` for port 0. */
export function printAddress(address: NetAddress): string {
    const host = address.isIpv4 ? printOctets(address.groups) : printGroups(address.groups);
    if (address.port === 0) {
        return host;
    }
    return `${address.isIpv4 ? host : `[${host}]`}:${address.port}`;
}

function printOctets(groups: readonly number[]): string {
    const [high = 0, low = 0] = groups.slice(-2);
    return `${high >>> 8}.${high & 0xff}.${low >>> 8}.${low & 0xff}`;
}

/**
 * As `inet_ntop(AF_INET6)` of glibc: the first longest run of two zero groups or more becomes
 * `::`, and addresses that embed an IPv4 one end with it.
 */
function printGroups(groups: readonly number[]): string {
    let gap = 0;
    let gapLength = 0;
    for (let start = 0; start < GROUPS; start++) {
        let end = start;
        while (groups[end] === 0) {
            end++;
        }
        if (end - start > gapLength) {
            gap = start;
            gapLength = end - start;
        }
    }
    const isMapped = MAPPED_PREFIX.every((group, at) => group === groups[at]);
    if (isMapped || (gap === 0 && gapLength === 6)) {
        return (isMapped ? "::ffff:" : "::") + printOctets(groups);
    }
    if (gapLength < 2) {
        return hexGroups(groups);
    }
    return `${hexGroups(groups.slice(0, gap))}::${hexGroups(groups.slice(gap + gapLength))}`;
}

function hexGroups(groups: readonly number[]): string {
    return groups.map((group) => group.toString(16)).join(":");
}
