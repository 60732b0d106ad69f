/// The token service: authenticates a player, chooses servers, mints a connect token, over HTTPS.
///
/// It runs inside a game server or alone. Logs go to the `System.Logger` named
/// `dev.hawser.backend`, those of what was minted to `dev.hawser.backend.audit`.
module dev.hawser.backend {
    requires transitive dev.hawser;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires io.helidon.webserver;
    requires static transitive org.jspecify;

    exports dev.hawser.backend;
}
