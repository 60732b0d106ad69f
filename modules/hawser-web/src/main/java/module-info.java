/// WebTransport and WebSocket: transports through which browsers, and Java clients where nothing
/// else passes, reach a game server.
///
/// QUIC and its TLS are native code, one jar for each system. On the class path start Java with
/// `--enable-native-access=ALL-UNNAMED`; on the module path with
/// `--enable-native-access=io.netty.common` and `--add-modules` with the name of the system's jar,
/// for example `io.netty.codec.quic.linux.x86_64`, since no module requires it. With
/// `io.netty.transport.epoll.linux.x86_64` a WebTransport server on Linux is faster.
module dev.hawser.web {
    requires transitive dev.hawser;
    requires transitive dev.hawser.tls;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.classes.quic;
    requires io.netty.codec.http;
    requires io.netty.codec.http3;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires java.net.http;
    requires static org.jspecify;

    exports dev.hawser.web;
    exports dev.hawser.web.websocket;
    exports dev.hawser.web.webtransport;
}
