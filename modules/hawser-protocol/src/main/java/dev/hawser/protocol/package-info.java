/// Netcode 1.02 as two deterministic machines: bytes and time in, bytes and events out.
@NullMarked
package dev.hawser.protocol;

import org.jspecify.annotations.NullMarked;
