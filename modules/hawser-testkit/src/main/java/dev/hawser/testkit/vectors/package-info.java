/// The test vectors of netcode 1.02, and their verification: [Vectors], [Conformance].
@NullMarked
package dev.hawser.testkit.vectors;

import org.jspecify.annotations.NullMarked;
