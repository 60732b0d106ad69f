/// `hawser backend`: the command, and its configuration file.
@NullMarked
package dev.hawser.cli.backend;

import org.jspecify.annotations.NullMarked;
