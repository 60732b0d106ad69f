/// A class for each command, but for those that have a package of their own, and the files with
/// tokens that they read and write.
@NullMarked
package dev.hawser.cli.command;

import org.jspecify.annotations.NullMarked;
