/// Who a player is, and whether the player may play.
@NullMarked
package dev.hawser.backend.player;

import org.jspecify.annotations.NullMarked;
