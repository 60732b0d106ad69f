/// Connections inside one process, without packets: [dev.hawser.local.LocalServer] and
/// [dev.hawser.local.LocalClient], for a player who hosts, for bots, for a game without network.
@NullMarked
package dev.hawser.local;

import org.jspecify.annotations.NullMarked;
