/// What every game names: clients, servers, states, reasons, figures, and how clients authenticate.
/// The kinds are in packages of their own: `dev.hawser.netcode`, `dev.hawser.local`, and
/// `dev.hawser.multi` for one server of several.
///
/// A server, and a client that connects to it:
///
/// ```java
/// var server =
///         NetcodeServer.builder()
///                 .transport(UdpTransport.bind(NetAddress.parse("127.0.0.1:7777")))
///                 .protocolId(PROTOCOL_ID)
///                 .privateKey(privateKey)
///                 .build();
/// server.start();
/// while (isRunning) { // once a tick, always on the same thread
///     server.update();
///     server.receive((client, payload) -> server.send(client, payload));
/// }
/// server.stop();
/// ```
///
/// ```java
/// var client = NetcodeClient.builder().authentication(new Authentication.Token(token)).build();
/// client.connect();
/// while (isRunning) {
///     client.update();
///     client.receive(payload -> world.apply(payload));
///     client.send(input);
/// }
/// client.disconnect();
/// ```
///
/// **Threads.** A client or server belongs to one thread, which calls everything; the others throw
/// [IllegalStateException]. What may be called by any thread says so.
///
/// **Time.** Nothing happens between two updates: they receive, send what is due and notice what
/// has ended. Call [NetServer#update()] and [NetClient#update()] at least ten times a second.
///
/// **Errors.** What the network does is never thrown; it is a state, a reason, a count. Mistakes of
/// the program are thrown, with the value, the limit and the remedy.
@NullMarked
package dev.hawser;

import org.jspecify.annotations.NullMarked;
