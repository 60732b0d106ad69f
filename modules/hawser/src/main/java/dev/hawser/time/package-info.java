/// The time of this machine.
@NullMarked
package dev.hawser.time;

import org.jspecify.annotations.NullMarked;
