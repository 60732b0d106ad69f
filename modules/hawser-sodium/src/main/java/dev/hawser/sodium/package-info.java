/// libsodium: found, loaded, and called.
@NullMarked
package dev.hawser.sodium;

import org.jspecify.annotations.NullMarked;
