/// `hawser fleet`: what an operator asks the token service. `Question` is what its commands share,
/// `Table` and `JsonLines` how they answer people and scripts.
@NullMarked
package dev.hawser.cli.fleet;

import org.jspecify.annotations.NullMarked;
