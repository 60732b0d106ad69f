#!/usr/bin/env bash
# The JDK's HTTP client dials one address of a name, and no other when that one refuses.
#
# Seen with Temurin 25.0.3 (java.net.http): a name has the addresses 127.0.0.2 and 127.0.0.3, and a server listens at
# the second one. Each request fails with a ConnectException.
#
# One would guess that a client goes through the addresses of a name, as browsers and curl do, and that two machines
# behind one name are enough for one of them to be away. With this client the players whose resolver names the dead one
# first are away with it. Hawser's TokenClient and ServerAnnouncer take a list of endpoints instead, each with a name.
#
# Ends with 0 while the JDK behaves so, with 1 when that has changed. Needs JAVA_HOME with a JDK 25, and Linux, where all
# of 127.0.0.0/8 is loopback; no network.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '127.0.0.2 both.test\n127.0.0.3 both.test\n' >hosts
cat >Dial.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

class Dial {
    public static void main(String[] args) throws Exception {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.3", 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        var uri = URI.create("http://both.test:" + server.getAddress().getPort() + "/");
        var refused = 0;
        try (var client = HttpClient.newHttpClient()) {
            for (int i = 0; i < 10; i++) {
                try {
                    client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
                } catch (ConnectException e) {
                    refused++;
                }
            }
        }
        server.stop(0);
        System.out.printf("Java %s: of 10 requests to %s, %d were refused%n",
                Runtime.version(), List.of(InetAddress.getAllByName("both.test")), refused);
        System.out.println(refused == 10 ? "as described" : "CHANGED");
        System.exit(refused == 10 ? 0 : 1);
    }
}
JAVA
"$JAVA_HOME/bin/java" -Djdk.net.hosts.file=hosts Dial.java
