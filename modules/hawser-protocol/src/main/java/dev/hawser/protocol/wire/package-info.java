/// The layout of packets on the wire.
@NullMarked
package dev.hawser.protocol.wire;

import org.jspecify.annotations.NullMarked;
