/// What the token services of one fleet have in common, as ports: who is where, which tokens are
/// used up, who is banned, what game servers are told, how often somebody has asked.
///
/// A [FleetStore] is all of it. The one in memory is that of a service that is alone; the ports are
/// asynchronous, so that a store may be a machine of its own.
///
/// **Time** is the store's: what has expired is never decided by the clock of a caller, since those
/// of several services differ.
///
/// **Failure.** A stage that fails says that the outcome is *not known*: the step may have been
/// done. Every step can be asked for again, with the same words, and then changes nothing more.
@NullMarked
package dev.hawser.backend.fleet;

import org.jspecify.annotations.NullMarked;
