/// A game server under Agones, which runs game servers in Kubernetes: telling it how the server
/// fares, and hearing from it.
///
/// [AgonesLifecycle] does so for any `NetServer`, by the sidecar that Agones puts beside it, whose
/// REST interface `Sidecar` speaks. What the sidecar knows of the server is an [AgonesGameServer],
/// which `GameServerReader` makes of JSON; `SidecarWatch` hears of changes. Each request is a
/// `SidecarCall`, and waits its turn in a `Lane`.
@NullMarked
package dev.hawser.online.agones;

import org.jspecify.annotations.NullMarked;
