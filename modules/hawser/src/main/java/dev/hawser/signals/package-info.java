/// Signals of the system to this process.
@NullMarked
package dev.hawser.signals;

import org.jspecify.annotations.NullMarked;
