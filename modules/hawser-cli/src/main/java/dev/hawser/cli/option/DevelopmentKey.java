package dev.hawser.cli.option;

import dev.hawser.keys.KeyRingSource;
import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/// The private key of those who have none: everybody knows it, so it serves loopback addresses
/// only, where a server and a client in two terminals find each other with it.
public final class DevelopmentKey implements KeyRingSource {
    private static final String TEXT = "hawser development key, not safe";

    public static PrivateKey get() {
        return PrivateKey.ofBytes(TEXT.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public KeyRing load() {
        return KeyRing.of(get());
    }

    @Override
    public String description() {
        return "the development key";
    }

    /// {@return those of the addresses that it does not serve, each once}
    static Set<NetAddress> notServed(Collection<NetAddress> addresses) {
        Set<NetAddress> notServed = new LinkedHashSet<>(addresses);
        notServed.removeIf(DevelopmentKey::isLoopback);
        return notServed;
    }

    private static boolean isLoopback(NetAddress address) {
        boolean isIpv6Loopback = address.high() == 0 && address.low() == 1;
        boolean isMapped = address.high() == 0 && address.low() >>> 32 == 0xffff;
        return isIpv6Loopback || (isMapped && (address.low() >>> 24 & 0xff) == 127);
    }
}
