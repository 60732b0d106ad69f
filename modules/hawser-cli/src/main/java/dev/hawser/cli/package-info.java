/// The `hawser` command: where it starts, and its version. Each command is a class that [Main]
/// names.
@NullMarked
package dev.hawser.cli;

import org.jspecify.annotations.NullMarked;
