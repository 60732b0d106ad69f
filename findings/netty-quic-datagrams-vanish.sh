#!/usr/bin/env bash
# Netty's QUIC tells success for datagrams that never leave.
#
# Seen with io.netty:netty-codec-native-quic 4.2.18.Final (linux-x86_64), JDK 25: a client writes and flushes each of 5,000 datagrams of
# 300 bytes, in one task of its event loop, to a peer on loopback, with room for 128 in the queue of outgoing ones. Every promise
# succeeds, isWritable() is true before each write, and the peer receives a fraction.
#
# One would guess that a promise fails, or that the channel stops being writable, when the queue is full: both are
# how every other Netty channel says so. A game that counts promises believes that its peer's path carries all.
# The only honest figure is one's own count of what can be under way.
#
# Ends with 0 while Netty behaves so, with 1 when that has changed. Needs Maven, a JDK 25 and Linux x86_64.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>io.netty</groupId><artifactId>netty-codec-classes-quic</artifactId><version>4.2.18.Final</version></dependency>
    <dependency><groupId>io.netty</groupId><artifactId>netty-codec-native-quic</artifactId><version>4.2.18.Final</version><classifier>linux-x86_64</classifier></dependency>
    <dependency><groupId>io.netty</groupId><artifactId>netty-pkitesting</artifactId><version>4.2.18.Final</version></dependency>
  </dependencies>
</project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies -DoutputDirectory=lib >/dev/null 2>&1
cat >Vanish.java <<'JAVA'
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.*;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.*;
import io.netty.pkitesting.CertificateBuilder;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class Vanish {
    static final int DATAGRAMS = 5_000;
    static final int QUEUE = 128;

    public static void main(String[] args) throws Exception {
        var arrived = new AtomicInteger();
        var succeeded = new AtomicInteger();
        var failed = new AtomicInteger();
        var unwritable = new AtomicInteger();
        var group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        try {
            var certificate = new CertificateBuilder().subject("CN=localhost").setIsCertificateAuthority(true)
                    .algorithm(CertificateBuilder.Algorithm.ecp256).buildSelfSigned();
            var serverTls = QuicSslContextBuilder.forServer(certificate.toKeyManagerFactory(), null)
                    .applicationProtocols("finding").build();
            Channel server = new Bootstrap().group(group).channel(NioDatagramChannel.class)
                    .handler(common(new QuicServerCodecBuilder()).sslContext(serverTls)
                            .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                            .handler(new ChannelInboundHandlerAdapter() {
                                @Override public boolean isSharable() { return true; }
                                @Override public void channelRead(ChannelHandlerContext context, Object message) {
                                    if (message instanceof ByteBuf datagram) {
                                        arrived.incrementAndGet();
                                        datagram.release();
                                    }
                                }
                            })
                            .streamHandler(new ChannelInboundHandlerAdapter()).build())
                    .bind("127.0.0.1", 0).sync().channel();
            var clientTls = QuicSslContextBuilder.forClient()
                    .trustManager(io.netty.handler.ssl.util.InsecureTrustManagerFactory.INSTANCE)
                    .applicationProtocols("finding").build();
            Channel socket = new Bootstrap().group(group).channel(NioDatagramChannel.class)
                    .handler(common(new QuicClientCodecBuilder()).sslContext(clientTls).build())
                    .bind("127.0.0.1", 0).sync().channel();
            QuicChannel connection = QuicChannel.newBootstrap(socket).handler(new ChannelInboundHandlerAdapter())
                    .remoteAddress((InetSocketAddress) server.localAddress()).connect().get(30, TimeUnit.SECONDS);
            connection.eventLoop().submit(() -> {
                for (int i = 0; i < DATAGRAMS; i++) {
                    if (!connection.isWritable()) {
                        unwritable.incrementAndGet();
                    }
                    connection.writeAndFlush(Unpooled.buffer(300).writeZero(300)).addListener(
                            future -> (future.isSuccess() ? succeeded : failed).incrementAndGet());
                }
            }).get();
            // Until nothing has come for two seconds.
            for (int before = -1; before != arrived.get(); TimeUnit.SECONDS.sleep(2)) {
                before = arrived.get();
            }
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
        System.out.printf("written %d, promises succeeded %d, failed %d, not writable %d times, arrived %d%n",
                DATAGRAMS, succeeded.get(), failed.get(), unwritable.get(), arrived.get());
        boolean isAsDescribed = succeeded.get() == DATAGRAMS && unwritable.get() == 0 && arrived.get() < DATAGRAMS / 2;
        System.out.println(isAsDescribed ? "as described" : "CHANGED");
        System.exit(isAsDescribed ? 0 : 1);
    }

    static <B extends QuicCodecBuilder<B>> B common(B codec) {
        return codec.maxIdleTimeout(30, TimeUnit.SECONDS).initialMaxData(1_000_000).datagram(8_192, QUEUE);
    }
}
JAVA
"${JAVA_HOME:?names a JDK 25}/bin/java" --enable-native-access=ALL-UNNAMED -cp 'lib/*' Vanish.java 2>/dev/null
