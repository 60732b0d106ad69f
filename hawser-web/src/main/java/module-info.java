/// WebTransport and WebSocket: transports through which browsers, and Java clients where nothing
/// else passes, reach a game server.
///
/// QUIC and its TLS are native code, which Java warns of unless it is started with
/// `--enable-native-access` for Netty's modules (on the class path: `ALL-UNNAMED`).
module dev.hawser.web {
    requires transitive dev.hawser;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.classes.quic;
    requires io.netty.codec.http;
    requires io.netty.codec.http3;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires java.net.http;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires static transitive org.jspecify;

    exports dev.hawser.web;
}
