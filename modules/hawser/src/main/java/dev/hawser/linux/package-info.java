/// Linux, as far as packets need it: sockets and batches of messages through `java.lang.foreign`.
///
/// Hidden. Nothing here knows of transports, and nothing above it knows of native memory.
@NullMarked
package dev.hawser.linux;

import org.jspecify.annotations.NullMarked;
