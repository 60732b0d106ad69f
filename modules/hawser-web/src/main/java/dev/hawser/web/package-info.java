/// Transports for the web: WebTransport (HTTP/3 datagrams) and WebSocket, server and Java client.
///
/// Each is a [dev.hawser.transport.Transport], so that netcode runs on top of it as over UDP.
@NullMarked
package dev.hawser.web;

import org.jspecify.annotations.NullMarked;
