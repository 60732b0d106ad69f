/// What moves packets: UDP, memory, and links that are bad on purpose.
@NullMarked
package dev.hawser.transport;

import org.jspecify.annotations.NullMarked;
