/// Certificates of servers: those of an authority, from files that are renewed, and those of our
/// own making.
@NullMarked
package dev.hawser.tls;

import org.jspecify.annotations.NullMarked;
