/// How a connection survives a changed address: the names of paths, and who asks for which.
@NullMarked
package dev.hawser.protocol.path;

import org.jspecify.annotations.NullMarked;
