/// From a known player to a connect token, step by step. Not for applications.
@NullMarked
package dev.hawser.backend.minting;

import org.jspecify.annotations.NullMarked;
