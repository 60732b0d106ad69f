/// What stands between a command and its process: streams, signals, log lines, failures and exit
/// codes.
@NullMarked
package dev.hawser.cli.process;

import org.jspecify.annotations.NullMarked;
