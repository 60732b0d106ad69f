/// WebTransport: sessions over HTTP/3, whose packets are datagrams of QUIC.
@NullMarked
package dev.hawser.web.webtransport;

import org.jspecify.annotations.NullMarked;
