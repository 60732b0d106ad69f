/// `hawser demo`: the command, its clients and their links, and what it prints. The arena that it
/// shows in a browser is `dev.hawser.cli.arena`.
@NullMarked
package dev.hawser.cli.demo;

import org.jspecify.annotations.NullMarked;
