/// What a token costs where several services share a store: the store and the services are real
/// processes.
@NullMarked
package dev.hawser.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
