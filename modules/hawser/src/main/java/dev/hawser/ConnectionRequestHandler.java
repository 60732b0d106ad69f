package dev.hawser;

/// Decides who may come in.
///
/// It is asked once for each connection that has proved itself, before the client gets a slot: for
/// netcode, one that holds a valid connect token and receives at the address that it sends from.
/// Without such a handler everybody who has proved himself comes in.
///
/// It runs on the server's thread, during [NetServer#receive]. It may answer at once, or keep the
/// request and answer later, from any thread: a database takes its time, and the tick goes on.
@FunctionalInterface
public interface ConnectionRequestHandler {
    /// Looks at a newcomer and answers, now or later, with [ConnectionRequest#accept()] or
    /// [ConnectionRequest#refuse(Refusal)].
    ///
    /// When it throws, the newcomer is refused with [Refusal.Internal] and the log says why; the
    /// server goes on.
    void onRequest(ConnectionRequest request);
}
