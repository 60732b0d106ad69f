/// A game server that is one of several: how it tells a token service that it is there.
@NullMarked
package dev.hawser.fleet;

import org.jspecify.annotations.NullMarked;
