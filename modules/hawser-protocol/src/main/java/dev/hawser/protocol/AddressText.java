package dev.hawser.protocol;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Addresses as text: what the reference implementation reads and prints, which rests on
/// `inet_pton` and `inet_ntop` of the C library.
final class AddressText {
    private static final int GROUPS = 8;

    /// A colon and up to five digits: further from the end the reference looks for no port.
    private static final int PORT_CHARS_MAX = 6;

    private AddressText() {}

    static NetAddress parse(String text) {
        if (text.contains(":") && text.contains("%")) {
            throw unreadable(text, scopeProblem(text));
        }
        String host = text;
        int port = 0;
        if (text.startsWith("[")) {
            int bracket = text.lastIndexOf("]:");
            if (bracket >= 2 && isPortColon(text, bracket + 1)) {
                port = parsePort(text, text.substring(bracket + 2));
                host = text.substring(1, bracket);
            } else {
                // The reference reads an address whose bracket never closes.
                host = text.substring(1, text.length() - (text.endsWith("]") ? 1 : 0));
            }
        }
        NetAddress ipv6 = parseIpv6(host, port);
        if (ipv6 != null) {
            return ipv6;
        }
        int colon = host.lastIndexOf(':');
        if (colon >= 0 && isPortColon(host, colon)) {
            port = parsePort(text, host.substring(colon + 1));
            host = host.substring(0, colon);
        }
        long octets = parseOctets(host);
        if (octets < 0) {
            throw unreadable(text, "it is neither IPv4 nor IPv6, and names are not looked up");
        }
        return NetAddress.ipv4((int) octets, port);
    }

    /// A scope (RFC 4007, section 11) means something on one machine only.
    private static String scopeProblem(String text) {
        int end = text.indexOf(']', text.indexOf('%'));
        return "it names a network interface ("
                + text.substring(text.indexOf('%'), end < 0 ? text.length() : end)
                + "), for which connect tokens have no room, since another machine calls it something"
                + " else; take an address that needs none, which is any but those of fe80::/10, or"
                + " bind [::]";
    }

    private static boolean isPortColon(String text, int colon) {
        return text.length() - colon <= PORT_CHARS_MAX;
    }

    private static int parsePort(String text, String digits) {
        int port = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = decimal(digits.charAt(i));
            if (digit < 0) {
                throw unreadable(text, "the port '" + digits + "' is not a number");
            }
            port = port * 10 + digit;
        }
        if (digits.isEmpty()) {
            throw unreadable(text, "there is no port behind the colon");
        }
        if (port > NetAddress.PORT_MAX) {
            throw unreadable(text, "the port " + port + " is above " + NetAddress.PORT_MAX);
        }
        return port;
    }

    private static IllegalArgumentException unreadable(String text, String problem) {
        return new IllegalArgumentException(
                "'"
                        + text
                        + "' is not an address: "
                        + problem
                        + "; write 1.2.3.4:80, 1.2.3.4, [::1]:80 or ::1");
    }

    /// As `inet_pton(AF_INET6)`: groups of one to four hex digits, one `::` for one zero group or
    /// more, and the last two groups perhaps written as IPv4.
    private static @Nullable NetAddress parseIpv6(String host, int port) {
        int[] groups = new int[GROUPS];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (host.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < host.length()) {
            int end = endOfGroup(host, at);
            if (end < host.length() && host.charAt(end) == '.') {
                long octets = parseOctets(host.substring(at));
                if (octets < 0 || count > GROUPS - 2) {
                    return null;
                }
                groups[count++] = (int) (octets >>> 16);
                groups[count++] = (int) octets & 0xffff;
                break;
            }
            int length = end - at;
            if (length < 1 || length > 4 || count == GROUPS) {
                return null;
            }
            groups[count++] = Integer.parseInt(host, at, end, 16);
            if (end == host.length()) {
                break;
            }
            if (host.charAt(end) != ':' || end + 1 == host.length()) {
                return null;
            }
            at = end + 1;
            if (host.charAt(at) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = count;
                at++;
            }
        }
        // Without a gap all groups are there; a gap stands for at least one.
        if (gap < 0 ? count != GROUPS : count == GROUPS) {
            return null;
        }
        return join(groups, count, gap, port);
    }

    private static NetAddress join(int[] groups, int count, int gap, int port) {
        long high = 0;
        long low = 0;
        int zeros = GROUPS - count;
        for (int i = 0; i < GROUPS; i++) {
            boolean isInGap = gap >= 0 && i >= gap && i < gap + zeros;
            int group = isInGap ? 0 : groups[gap >= 0 && i >= gap ? i - zeros : i];
            high = high << 16 | low >>> 48;
            low = low << 16 | group;
        }
        return NetAddress.ipv6(high, low, port);
    }

    /// {@return the offset behind the hex digits that begin at `at`}
    private static int endOfGroup(String host, int at) {
        int end = at;
        while (end < host.length() && HexFormat.isHexDigit(host.charAt(end))) {
            end++;
        }
        return end;
    }

    /// As `inet_pton(AF_INET)`: four decimal octets, none with a leading zero.
    ///
    /// @return the octets, the first the most significant; -1 when the text is something else
    private static long parseOctets(String text) {
        long octets = 0;
        int count = 0;
        int at = 0;
        while (at <= text.length()) {
            int dot = text.indexOf('.', at);
            int end = dot < 0 ? text.length() : dot;
            int octet = parseOctet(text, at, end);
            if (octet < 0 || ++count > 4) {
                return -1;
            }
            octets = octets << 8 | octet;
            at = end + 1;
        }
        return count == 4 ? octets : -1;
    }

    private static int parseOctet(String text, int start, int end) {
        int length = end - start;
        if (length < 1 || length > 3 || (length > 1 && text.charAt(start) == '0')) {
            return -1;
        }
        int octet = 0;
        for (int i = start; i < end; i++) {
            int digit = decimal(text.charAt(i));
            if (digit < 0) {
                return -1;
            }
            octet = octet * 10 + digit;
        }
        return octet <= 255 ? octet : -1;
    }

    /// ASCII alone: `Character.digit` would take the digits of every script.
    private static int decimal(char character) {
        return character >= '0' && character <= '9' ? character - '0' : -1;
    }

    static String print(NetAddress address) {
        String host =
                address.isIpv4()
                        ? printOctets((int) address.low())
                        : printIpv6(address.high(), address.low());
        if (address.port() == 0) {
            return host;
        }
        return (address.isIpv4() ? host : "[" + host + "]") + ":" + address.port();
    }

    private static String printOctets(int octets) {
        return (octets >>> 24)
                + "."
                + (octets >>> 16 & 0xff)
                + "."
                + (octets >>> 8 & 0xff)
                + "."
                + (octets & 0xff);
    }

    /// As `inet_ntop(AF_INET6)` of glibc: the first longest run of two zero groups or more becomes
    /// `::`, and addresses that embed an IPv4 one end with it.
    static String printIpv6(long high, long low) {
        int gap = 0;
        int gapLength = 0;
        for (int i = 0; i < GROUPS; i++) {
            int run = zeroRun(high, low, i);
            if (run > gapLength) {
                gap = i;
                gapLength = run;
            }
        }
        boolean isMapped = high == 0 && low >>> 32 == 0xffff;
        if (isMapped || (gap == 0 && gapLength == 6)) {
            return (isMapped ? "::ffff:" : "::") + printOctets((int) low);
        }
        if (gapLength < 2) {
            return printGroups(high, low, 0, GROUPS);
        }
        return printGroups(high, low, 0, gap)
                + "::"
                + printGroups(high, low, gap + gapLength, GROUPS);
    }

    private static int zeroRun(long high, long low, int start) {
        int end = start;
        while (end < GROUPS && group(high, low, end) == 0) {
            end++;
        }
        return end - start;
    }

    private static String printGroups(long high, long low, int start, int end) {
        StringBuilder text = new StringBuilder();
        for (int i = start; i < end; i++) {
            text.append(i == start ? "" : ":").append(Integer.toHexString(group(high, low, i)));
        }
        return text.toString();
    }

    private static int group(long high, long low, int index) {
        long half = index < GROUPS / 2 ? high : low;
        return (int) (half >>> (48 - 16 * (index % 4))) & 0xffff;
    }
}
