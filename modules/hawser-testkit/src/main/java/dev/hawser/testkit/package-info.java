/// Virtual time, a simulated network and test vectors, for tests of games and of Hawser.
@NullMarked
package dev.hawser.testkit;

import org.jspecify.annotations.NullMarked;
