/// What somebody implements who adds a kind of connection. A game meets one type of this package:
/// what it adds to a [dev.hawser.multi.MultiServer] is an [dev.hawser.spi.AbstractServer], as every
/// server but a `MultiServer` is.
///
/// A kind has four types: a server ([dev.hawser.spi.AbstractServer]), its handle of a connection
/// ([dev.hawser.spi.AbstractConnectedClient]), a client ([dev.hawser.spi.AbstractClient]), and a
/// record for ids ([dev.hawser.ClientId]). The bases keep what every kind keeps: whose thread it
/// is, who is connected, what waits for the application, figures. A kind says how connections are
/// made and how payloads travel. The kinds of this library use nothing else, and neither does
/// Steam; the package `dev.hawser.examples.pipe` in the folder `examples` of the sources is a small
/// kind to begin with.
///
/// **A server's life.** `start()` calls `open()`; then each update calls `tick()`; `stop()` calls
/// `shut()`, after which there may be another start. A `tick()` does this, in this order:
///
/// 1. Who has left, while `takesEvents()`: what came before the end goes to the handle's
///    `queueLast`, the slot becomes free, `removeClient` says why.
/// 2. What has come of the others: `queue`, or `queueOrDrop`, of their handles. They take payloads
///    of 1 to `Payloads.BYTES_MAX` bytes, which is also the most that `maxPayloadBytes()` may
///    promise; what a peer sends of another size they drop and count. What was too much for one
///    update is said by `reachedLimit`, what found no room by `reportNotQueued`. A handle whose
///    client has as much waiting as it may has no room (`hasRoom()`); `roomAgain()` is called when
///    the application has received enough of it.
/// 3. Newcomers, while `takesEvents()`: `objection` says what is against one. If nothing is, `ask`
///    puts it before the application. While there is no room for more events, newcomers wait where
///    they are, and `reportEventsWait` says so.
///
/// The answer comes at once or later. If the server runs still and the newcomer is still there, a
/// kind asks for an `objection` once more. Without one, `replaceOlder` ends the connection that the
/// newcomer takes over; then the newcomer gets a slot and a handle, and `addClient` makes it
/// connected. Else it is told why not, and `countDenied` counts it.
///
/// Each handle is given to `addClient` once and to `removeClient` once; a second time is refused.
/// In between the bases call the handle: `sendChecked` with a payload, `end` when the application
/// ends the connection, `replace` when another one takes over. `end` and `replace` call
/// `removeClient` before they return. `shut()` calls it for every client that is connected, with
/// `ServerStopped(STOPPED)`, and tells those who wait for an answer.
///
/// **Leaving in order.** A server that drains says so in every `objection`, and ends its clients by
/// `end`. A kind refuses those who wait for an answer when `refuseNewcomers` is called, and gives
/// no slot afterwards whatever was decided; if it has a clock of its own, `monotonicNanos` tells
/// it, and an `await` of its own waits no longer than `untilDue`.
///
/// A kind whose clients keep their connection when their address changes says so by `moveClient`,
/// when the handle has the new one.
///
/// **Why a connection has ended.** `ClientLeft` when the client said goodbye, with what it stated;
/// `DisconnectReason.endedByServer` for `end`, `Replaced` for `replace`. A client that vanishes has
/// `TimedOut`, where nothing was heard for too long, or `TransportClosed` with a `TransportFailure`
/// of the kind `ENDED`, where what carried the connection broke, as a socket does.
///
/// **A client's life.** Each method that a kind implements begins with `checkOwner()`, but
/// `update()` with `claimOwner()`; looks need neither. `connect()` calls `checkNotClosed()`, then
/// `disconnect(…)`, then `countAnew()`, and begins to connect. `disconnect(…)` calls
/// `clearQueue()`, tells the server, and has the client `enter` the state `Disconnected`.
/// `update()` gives what has come to `queueOrDrop`, up to some limit, and has the client `enter`
/// another state after that: what was sent before an end is received before it. `close()` is done
/// here: it calls `disconnect(…)`, then `giveBack()`.
///
/// **Other threads.** Whatever happens on them waits in a queue of the kind's own, and `wakeOwner`
/// ends the wait of the thread that owns the server. A kind whose server waits for a network itself
/// has an `await` of its own, and `waitsForPackets()`.
@NullMarked
package dev.hawser.spi;

import org.jspecify.annotations.NullMarked;
