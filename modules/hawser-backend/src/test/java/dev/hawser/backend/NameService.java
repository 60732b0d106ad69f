package dev.hawser.backend;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The name service of the JVM that the tests run in: the system's for addresses of names, and one
/// that notes who asks for names of addresses, and knows none.
public final class NameService extends InetAddressResolverProvider {
    private static final Set<InetAddress> ASKED = ConcurrentHashMap.newKeySet();

    /// Found by the platform.
    public NameService() {}

    static boolean wasAskedFor(InetAddress address) {
        return ASKED.contains(address);
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver system = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
                    throws UnknownHostException {
                return system.lookupByName(host, policy);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                ASKED.add(InetAddress.getByAddress(address));
                throw new UnknownHostException("nobody asks here for names of addresses");
            }
        };
    }

    @Override
    public String name() {
        return "names of addresses are noted";
    }
}
