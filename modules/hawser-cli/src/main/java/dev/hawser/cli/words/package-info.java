/// Text for people and for scripts: the library's words in those of the command, numbers, reasons,
/// and strangers' text made safe for a terminal.
@NullMarked
package dev.hawser.cli.words;

import org.jspecify.annotations.NullMarked;
