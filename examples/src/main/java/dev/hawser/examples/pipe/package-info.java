/// A kind of connection of one's own, to be read by somebody who wants to add one.
///
/// Here it is a pair of bounded queues in one process. Another kind has something else in
/// [dev.hawser.examples.pipe.Pipe]'s place: a socket, shared memory, a library for networking. Read
/// [dev.hawser.examples.pipe.PipeServer] first; the page of the package `dev.hawser.spi` says in
/// which order a kind calls what.
@NullMarked
package dev.hawser.examples.pipe;

import org.jspecify.annotations.NullMarked;
