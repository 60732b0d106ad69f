/// The load generator behind `hawser load`: many clients of one server in one thread, and what they
/// and the server's process did.
@NullMarked
package dev.hawser.load;

import org.jspecify.annotations.NullMarked;
