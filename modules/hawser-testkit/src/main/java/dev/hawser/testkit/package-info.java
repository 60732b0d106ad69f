/// Virtual time, a simulated network, repeatable randomness and an allocation meter, for any test.
/// `dev.hawser.testkit.pair` puts servers and clients on them, `dev.hawser.testkit.vectors` has the
/// test vectors.
@NullMarked
package dev.hawser.testkit;

import org.jspecify.annotations.NullMarked;
