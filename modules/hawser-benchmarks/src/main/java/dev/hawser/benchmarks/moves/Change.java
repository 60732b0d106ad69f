package dev.hawser.benchmarks.moves;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// What becomes of the clients' addresses while they play.
enum Change {
    /// A NAT between them and the server gives them other ports and addresses, and forgets the
    /// former ones at once.
    NAT,

    /// Their interface gets another address, and loses the one that it had.
    ADDRESS,

    /// One interface goes down, another comes up: from Wi-Fi to mobile.
    INTERFACE;

    /// Two networks and what lies between them, in which an address changes when it is told to.
    static final class Path {
        private final Change change;
        private final boolean isIpv6;
        private final Router router;
        private int changes;

        final Namespace clients;
        final Namespace server;

        Path(Change change, boolean isIpv6) throws IOException, InterruptedException {
            this.change = change;
            this.isIpv6 = isIpv6;
            clients = Namespace.create();
            server = Namespace.create();
            List<Integer> nears =
                    inside(
                            clients,
                            () ->
                                    List.of(
                                            Libc.openInterface("near0"),
                                            Libc.openInterface("near1")));
            int far = inside(server, () -> Libc.openInterface("far"));
            server.ip(isIpv6, up("far", serverHost()));
            clients.ip(isIpv6, up("near0", clientHost(0)));
            router = new Router(nears, far, change == NAT ? publicAddresses() : List.of());
        }

        private static <T> T inside(Namespace namespace, Callable<T> task)
                throws IOException, InterruptedException {
            var future =
                    new FutureTask<>(() -> {
                        namespace.enter();
                        return task.call();
                    });
            new Thread(future, "inside").start();
            try {
                return future.get();
            } catch (ExecutionException e) {
                throw new IOException(e.getCause());
            }
        }

        private List<String> up(String device, String host) {
            return List.of(
                    "link set " + device + " up",
                    "address add " + prefix(host) + " dev " + device + (isIpv6 ? " nodad" : ""),
                    "route replace default dev " + device);
        }

        private String prefix(String host) {
            return host + (isIpv6 ? "/128" : "/32");
        }

        String serverHost() {
            return isIpv6 ? "2001:db8:2::1" : "203.0.113.1";
        }

        private String clientHost(int number) {
            return (isIpv6 ? "2001:db8:1::" : "192.0.2.") + (10 + number % 100);
        }

        private static List<InetAddress> publicAddresses() throws IOException {
            return List.of(
                    InetAddress.getByName("198.51.100.1"),
                    InetAddress.getByName("198.51.100.2"),
                    InetAddress.getByName("2001:db8:3::1"),
                    InetAddress.getByName("2001:db8:3::2"));
        }

        void change() throws IOException, InterruptedException {
            changes++;
            switch (change) {
                case NAT -> router.rebind();
                case ADDRESS -> {
                    List<String> commands = new ArrayList<>(up("near0", clientHost(changes)));
                    commands.add("address del " + prefix(clientHost(changes - 1)) + " dev near0");
                    clients.ip(isIpv6, commands);
                }
                case INTERFACE -> {
                    String former = "near" + (changes - 1) % 2;
                    List<String> commands = new ArrayList<>();
                    commands.add("link set " + former + " down");
                    commands.add("address flush dev " + former);
                    commands.addAll(up("near" + changes % 2, clientHost(changes)));
                    clients.ip(isIpv6, commands);
                }
            }
        }

        void close() {
            clients.close();
            server.close();
        }
    }
}
