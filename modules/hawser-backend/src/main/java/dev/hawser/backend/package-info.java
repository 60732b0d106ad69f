/// From a logged-in player to a connect token.
@NullMarked
package dev.hawser.backend;

import org.jspecify.annotations.NullMarked;
