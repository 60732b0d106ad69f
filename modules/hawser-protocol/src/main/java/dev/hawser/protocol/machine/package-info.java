/// The client and the server of netcode 1.02 as deterministic machines.
@NullMarked
package dev.hawser.protocol.machine;

import org.jspecify.annotations.NullMarked;
