/// Steam connections: [dev.hawser.steam.SteamServer] and [dev.hawser.steam.SteamClient], over
/// [dev.hawser.steam.SteamApi].
@NullMarked
package dev.hawser.steam;

import org.jspecify.annotations.NullMarked;
