/// What is noted of each request for a token.
@NullMarked
package dev.hawser.backend.audit;

import org.jspecify.annotations.NullMarked;
