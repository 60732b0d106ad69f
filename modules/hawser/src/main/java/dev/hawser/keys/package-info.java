/// Where the private keys of servers and token services come from, and how they are replaced.
@NullMarked
package dev.hawser.keys;

import org.jspecify.annotations.NullMarked;
