/// HTTPS between a game, its servers and its token service.
///
/// `dev.hawser.online.token` fetches a client's connect token, `dev.hawser.online.fleet` tells the
/// token service of a game server, `dev.hawser.online.operator` asks it what an operator may ask,
/// `dev.hawser.online.agones` tells Agones. Logs go to the `System.Logger` named `dev.hawser`.
module dev.hawser.online {
    requires transitive dev.hawser;
    requires com.fasterxml.jackson.core;
    requires java.net.http;
    requires static org.jspecify;

    exports dev.hawser.online.agones;
    exports dev.hawser.online.fleet;
    exports dev.hawser.online.operator;
    exports dev.hawser.online.token;
}
