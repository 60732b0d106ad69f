/// WebTransport and WebSocket: transports through which browsers, and Java clients where nothing
/// else passes, reach a game server.
///
/// QUIC and its TLS are native code, which Java warns of unless it is started with
/// `--enable-native-access` for Netty's modules (on the class path: `ALL-UNNAMED`).
module dev.hawser.web {
    requires transitive dev.hawser;
    requires java.net.http;
    requires static transitive org.jspecify;

    exports dev.hawser.web;
}
