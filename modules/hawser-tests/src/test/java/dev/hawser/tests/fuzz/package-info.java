/// Coverage-guided fuzzing of everything that reads bytes or text from outside.
///
/// In an ordinary run the kept corpus is replayed, case by case; the finding of new cases is a
/// command (CONTRIBUTING.md, "Fuzzing").
@NullMarked
package dev.hawser.tests.fuzz;

import org.jspecify.annotations.NullMarked;
