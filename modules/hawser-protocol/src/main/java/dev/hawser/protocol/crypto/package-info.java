/// Keys, and the seam behind which the ciphers are.
@NullMarked
package dev.hawser.protocol.crypto;

import org.jspecify.annotations.NullMarked;
