/// WebSocket: sessions over TCP, whose packets are binary messages.
@NullMarked
package dev.hawser.web.websocket;

import org.jspecify.annotations.NullMarked;
