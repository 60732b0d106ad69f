/// What goes wrong: as an answer, in JSON, and in the log. Not for applications.
@NullMarked
package dev.hawser.backend.problem;

import org.jspecify.annotations.NullMarked;
