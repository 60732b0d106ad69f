/// What a player notices when the client's address changes or the server is killed: over real
/// sockets, in networks made for it, with a program's own clock.
@NullMarked
package dev.hawser.benchmarks.moves;

import org.jspecify.annotations.NullMarked;
