/// A fleet of real processes, to which things happen, and the history of it: see
/// [dev.hawser.benchmarks.chaos.Chaos].
@NullMarked
package dev.hawser.benchmarks.chaos;

import org.jspecify.annotations.NullMarked;
