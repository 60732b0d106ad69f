#!/usr/bin/env bash
# Helidon's web server asks the name service for the host name of each peer that connects with TLS.
#
# Seen with io.helidon.webserver:helidon-webserver 4.5.0, JDK 25: a server with TLS and otherwise default settings answers one
# HTTPS request from 127.0.0.1. A resolver that notes what it is asked sees one lookup of the peer's address. With
# useNio(false) it sees none.
#
# One would guess that a server knows its peers by address, as it does without TLS, and that no line of a handshake waits
# for DNS. It does, before anything is read: with a name service that is slow or away every connection begins with its
# timeout, and the log of whoever answers for the peer's addresses shows where its players log in.
#
# Ends with 0 while Helidon behaves so, with 1 when that has changed. Needs Maven and a JDK 25 in JAVA_HOME.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>io.helidon.webserver</groupId><artifactId>helidon-webserver</artifactId><version>4.5.0</version></dependency>
  </dependencies>
</project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies -DoutputDirectory=lib >/dev/null 2>&1
"$JAVA_HOME/bin/keytool" -genkeypair -alias server -keyalg EC -groupname secp256r1 -dname CN=localhost -ext san=ip:127.0.0.1 \
    -storetype PKCS12 -keystore keys -storepass finding -keypass finding >/dev/null 2>&1
mkdir -p classes/META-INF/services
echo Names >classes/META-INF/services/java.net.spi.InetAddressResolverProvider
cat >Names.java <<'JAVA'
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import java.io.FileInputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.security.KeyStore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

public class Names extends InetAddressResolverProvider {
    static final AtomicInteger ASKED = new AtomicInteger();

    @Override public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver system = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                return system.lookupByName(host, policy);
            }

            @Override public String lookupByAddress(byte[] address) throws UnknownHostException {
                ASKED.incrementAndGet();
                throw new UnknownHostException();
            }
        };
    }

    @Override public String name() {
        return "notes lookups";
    }

    static int lookups(SSLContext context, boolean nio) throws Exception {
        WebServer server = WebServer.builder().host("127.0.0.1").port(0).useNio(nio)
                .tls(Tls.builder().sslContext(context).build())
                .routing(routing -> routing.get("/", (request, response) -> response.send("well")))
                .build().start();
        try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
            int before = ASKED.get();
            String body = client.send(HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + "/")).build(),
                    BodyHandlers.ofString()).body();
            if (!body.equals("well")) {
                throw new IllegalStateException(body);
            }
            return ASKED.get() - before;
        } finally {
            server.stop();
        }
    }

    public static void main(String[] args) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(new FileInputStream("keys"), "finding".toCharArray());
        KeyManagerFactory own = KeyManagerFactory.getInstance("SunX509");
        own.init(keys, "finding".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        boolean isDefault = WebServer.builder().buildPrototype().useNio();
        int nio = lookups(context, true);
        int plain = lookups(context, false);
        System.out.printf("Helidon 4.5.0: useNio is %s by default; lookups of the peer's name: %d with it, %d without%n",
                isDefault, nio, plain);
        boolean isAsDescribed = isDefault && nio > 0 && plain == 0;
        System.out.println(isAsDescribed ? "as described" : "CHANGED");
        System.exit(isAsDescribed ? 0 : 1);
    }
}
JAVA
"$JAVA_HOME/bin/javac" -d classes -cp 'lib/*' Names.java
"$JAVA_HOME/bin/java" -cp 'classes:lib/*' Names 2>/dev/null
