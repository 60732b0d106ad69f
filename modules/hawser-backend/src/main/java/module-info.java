/// The token service: authenticates a player, chooses servers, mints a connect token, over HTTPS.
///
/// It runs inside a game server or alone. Logs go to the `System.Logger` named
/// `dev.hawser.backend`, those of what was minted to `dev.hawser.backend.audit`.
module dev.hawser.backend {
    requires transitive dev.hawser.online;
    requires transitive dev.hawser.tls;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.github.benmanes.caffeine;
    requires com.nimbusds.jose.jwt;
    requires io.helidon.common.tls;
    requires io.helidon.http;
    requires io.helidon.webserver;
    requires java.management;
    requires jdk.management;
    requires static org.jspecify;

    exports dev.hawser.backend;
    exports dev.hawser.backend.audit;
    exports dev.hawser.backend.fleet;
    exports dev.hawser.backend.player;
    exports dev.hawser.backend.registry;
}
