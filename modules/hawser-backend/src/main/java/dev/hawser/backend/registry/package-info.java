/// Which servers there are, and which of them a player gets.
@NullMarked
package dev.hawser.backend.registry;

import org.jspecify.annotations.NullMarked;
