/// A game server that is one of several: how it tells a token service that it is there.
///
/// [ServerAnnouncer] does so for a `NetcodeServer`, with a [ServerAnnouncement] each time.
@NullMarked
package dev.hawser.online.fleet;

import org.jspecify.annotations.NullMarked;
