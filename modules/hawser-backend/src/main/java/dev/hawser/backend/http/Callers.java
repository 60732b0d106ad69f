package dev.hawser.backend.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tells who calls: the other end of the connection, or, where that is one of the configured
/// proxies, whom it names in `X-Forwarded-For`.
///
/// Each proxy adds the address it sees to the right of the list. So the list is read from the
/// right, past what is a proxy of ours; what stands left of the first stranger was written by the
/// stranger.
public final class Callers {
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private static final HexFormat HEX = HexFormat.of();

    private final List<Network> proxies;

    /// Believes what these proxies say of callers.
    ///
    /// @param proxies addresses, or networks as `10.0.0.0/8`
    /// @throws IllegalArgumentException when one is neither
    public Callers(List<String> proxies) {
        this.proxies = proxies.stream().map(Network::parse).toList();
    }

    /// {@return the address that calls, without a port}
    ///
    /// @param forwardedFor the values of `X-Forwarded-For` in one list, or null
    public InetAddress of(InetSocketAddress peer, @Nullable String forwardedFor) {
        InetAddress caller = peer.getAddress();
        if (forwardedFor == null) {
            return caller;
        }
        String[] hops = forwardedFor.split(",", -1);
        for (int i = hops.length - 1; i >= 0 && isProxy(caller); i--) {
            InetAddress hop = parse(hops[i].strip());
            if (hop == null) {
                // Our own proxy says something that is no address: it is as far as we can see.
                return caller;
            }
            caller = hop;
        }
        return caller;
    }

    /// {@return whether an address is that of a proxy of ours}
    public boolean isProxy(InetAddress address) {
        return proxies.stream().anyMatch(proxy -> proxy.contains(address));
    }

    /// {@return what is limited together: an IPv4 address, or the 64-bit network of an IPv6 one,
    /// since a household has all of its addresses}
    public static String household(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return address.getHostAddress();
        }
        return network(bytes, 64);
    }

    /// {@return the 48-bit network of an IPv6 address, which one customer may have as a whole; null
    /// for an IPv4 address}
    public static @Nullable String site(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 ? null : network(bytes, 48);
    }

    private static String network(byte[] address, int bits) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bits / 8; i += 2) {
            text.append(HEX.toHexDigits(address[i])).append(HEX.toHexDigits(address[i + 1]));
            text.append(':');
        }
        return text.append(":/").append(bits).toString();
    }

    /// {@return an address written in numbers, or null; no name is ever looked up}
    private static @Nullable InetAddress parse(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private record Network(InetAddress start, int bits) {
        static Network parse(String text) {
            int slash = text.indexOf('/');
            InetAddress address = Callers.parse(slash < 0 ? text : text.substring(0, slash));
            if (address == null) {
                throw notNetwork(text);
            }
            int bitsMax = address.getAddress().length * 8;
            try {
                int bits = slash < 0 ? bitsMax : Integer.parseInt(text.substring(slash + 1));
                if (bits < 0 || bits > bitsMax) {
                    throw notNetwork(text);
                }
                return new Network(address, bits);
            } catch (NumberFormatException e) {
                throw notNetwork(text);
            }
        }

        private static IllegalArgumentException notNetwork(String text) {
            return new IllegalArgumentException(
                    "the proxy '"
                            + text
                            + "' is no address and no network: write it as 10.0.0.7 or"
                            + " 10.0.0.0/8");
        }

        boolean contains(InetAddress address) {
            byte[] bytes = address.getAddress();
            byte[] prefix = start.getAddress();
            if (bytes.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((bytes[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}
