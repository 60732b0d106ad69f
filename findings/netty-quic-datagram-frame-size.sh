#!/usr/bin/env bash
# Netty's QUIC says that a peer takes no datagrams when it does, and shows the size under another name.
#
# Seen with io.netty:netty-codec-native-quic 4.2.18.Final (linux-x86_64), JDK 25: a server announces datagrams (RFC 9221).
# At the client peerTransportParameters() says 0 for maxDatagramFrameSize(), although a datagram reaches that server, and
# 65536 for activeConnIdLimit(), which nobody has announced: it is the size of the frame. The limits of streams are right.
#
# One would guess that maxDatagramFrameSize() tells how large a datagram may be, and that 0 means that the peer takes
# none, as RFC 9221 has it. Whoever asks it sends everything on streams, which arrive in order and are sent
# again: the opposite of what a game wants.
#
# Ends with 0 while Netty behaves so, with 1 when that has changed. Needs Maven, JAVA_HOME with a JDK 25, Linux x86_64.
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
cat >Parameters.java <<'JAVA'
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.*;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.*;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class Parameters {
    public static void main(String[] args) throws Exception {
        var arrived = new CountDownLatch(1);
        var group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        QuicTransportParameters seen;
        boolean hasArrived;
        try {
            var certificate = new CertificateBuilder().subject("CN=localhost").setIsCertificateAuthority(true)
                    .algorithm(CertificateBuilder.Algorithm.ecp256).buildSelfSigned();
            var serverTls = QuicSslContextBuilder.forServer(certificate.toKeyManagerFactory(), null)
                    .applicationProtocols("finding").build();
            Channel server = new Bootstrap().group(group).channel(NioDatagramChannel.class)
                    .handler(new QuicServerCodecBuilder().sslContext(serverTls).datagram(64, 64)
                            .maxIdleTimeout(30, TimeUnit.SECONDS).initialMaxData(1_000_000)
                            .initialMaxStreamsBidirectional(7).initialMaxStreamsUnidirectional(11)
                            .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                            .handler(new ChannelInboundHandlerAdapter() {
                                @Override public boolean isSharable() { return true; }
                                @Override public void channelRead(ChannelHandlerContext context, Object message) {
                                    if (message instanceof ByteBuf datagram) {
                                        arrived.countDown();
                                        datagram.release();
                                    }
                                }
                            })
                            .streamHandler(new ChannelInboundHandlerAdapter()).build())
                    .bind("127.0.0.1", 0).sync().channel();
            var clientTls = QuicSslContextBuilder.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .applicationProtocols("finding").build();
            Channel socket = new Bootstrap().group(group).channel(NioDatagramChannel.class)
                    .handler(new QuicClientCodecBuilder().sslContext(clientTls).datagram(64, 64)
                            .maxIdleTimeout(30, TimeUnit.SECONDS).initialMaxData(1_000_000).build())
                    .bind("127.0.0.1", 0).sync().channel();
            QuicChannel connection = QuicChannel.newBootstrap(socket).handler(new ChannelInboundHandlerAdapter())
                    .remoteAddress((InetSocketAddress) server.localAddress()).connect().get(30, TimeUnit.SECONDS);
            seen = connection.peerTransportParameters();
            connection.writeAndFlush(Unpooled.buffer(100).writeZero(100)).sync();
            hasArrived = arrived.await(30, TimeUnit.SECONDS);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
        System.out.printf("announced: bidirectional 7, unidirectional 11, datagrams on; a datagram arrived: %b%n", hasArrived);
        System.out.printf("seen: initialMaxStreamsBidi %d, initialMaxStreamsUni %d, activeConnIdLimit %d, maxDatagramFrameSize %d%n",
                seen.initialMaxStreamsBidi(), seen.initialMaxStreamsUni(),
                seen.activeConnIdLimit(), seen.maxDatagramFrameSize());
        boolean isAsDescribed = hasArrived
                && seen.maxDatagramFrameSize() == 0 && seen.activeConnIdLimit() == 65_536;
        System.out.println(isAsDescribed ? "as described" : "CHANGED");
        System.exit(isAsDescribed ? 0 : 1);
    }
}
JAVA
"$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -cp 'lib/*' Parameters.java 2>err || { rc=$?; cat err >&2; exit $rc; }
