/// What things cost: benchmarks for JMH, and the memory of a slot. On the class path, like tests,
/// since what is worth measuring is often hidden.
@NullMarked
package dev.hawser.benchmarks;

import org.jspecify.annotations.NullMarked;
