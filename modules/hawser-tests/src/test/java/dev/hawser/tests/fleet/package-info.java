/// What token services share, by contracts that every store keeps: the one in memory, and those
/// that are machines of their own.
@NullMarked
package dev.hawser.tests.fleet;

import org.jspecify.annotations.NullMarked;
