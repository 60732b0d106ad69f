/// The `hawser` command.
@NullMarked
package dev.hawser.cli;

import org.jspecify.annotations.NullMarked;
