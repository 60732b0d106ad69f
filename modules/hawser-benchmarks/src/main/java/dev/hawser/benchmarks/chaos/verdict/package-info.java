/// What judges a history of a fleet. It shares no code with the product, and imports nothing of it:
/// a mistake that both made would be seen by neither.
@NullMarked
package dev.hawser.benchmarks.chaos.verdict;

import org.jspecify.annotations.NullMarked;
