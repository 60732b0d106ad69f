/// What moves packets: the service-provider interface [Transport], UDP, and a network in memory.
///
/// A transport knows addresses and packets and nothing of connections. One thread uses it; packets
/// go in and out in batches. A [ConditionedTransport] around another one makes the link worse, as
/// [LinkConditions] say.
@NullMarked
package dev.hawser.transport;

import org.jspecify.annotations.NullMarked;
