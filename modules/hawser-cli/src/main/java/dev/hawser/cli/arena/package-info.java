/// The arena of `hawser demo --web`: a small game, whose players come in by every way there is, and
/// the page that shows it. Depends on no other package of the command.
@NullMarked
package dev.hawser.cli.arena;

import org.jspecify.annotations.NullMarked;
