/// What moves packets: the service-provider interface [Transport], UDP, and a network in memory.
///
/// A transport knows addresses and packets and nothing of connections. One thread uses it; packets
/// go in and out in batches.
@NullMarked
package dev.hawser.transport;

import org.jspecify.annotations.NullMarked;
