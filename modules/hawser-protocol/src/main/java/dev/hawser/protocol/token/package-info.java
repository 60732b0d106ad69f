/// Connect tokens and challenge tokens: what they hold, how they are sealed and opened.
@NullMarked
package dev.hawser.protocol.token;

import org.jspecify.annotations.NullMarked;
