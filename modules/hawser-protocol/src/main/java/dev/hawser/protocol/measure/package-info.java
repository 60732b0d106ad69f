/// What can be told of a connection from its packets: round trip, loss, jitter.
@NullMarked
package dev.hawser.protocol.measure;

import org.jspecify.annotations.NullMarked;
