/// A game server that is one of several: how it tells a token service that it is there.
///
/// [ServerAnnouncer] does so for a `NetcodeServer`, with a [ServerAnnouncement] each time. Each
/// request is a `ServiceCall` and ends in a `CallOutcome`; what an operator reads of failures is in
/// `OutageLog`.
@NullMarked
package dev.hawser.online.fleet;

import org.jspecify.annotations.NullMarked;
