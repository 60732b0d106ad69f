/// Servers and clients on one virtual clock and one simulated network, beside a model that says
/// after every step what must hold: [Pair], and what a test asks it for.
@NullMarked
package dev.hawser.testkit.pair;

import org.jspecify.annotations.NullMarked;
