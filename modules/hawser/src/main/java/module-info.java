/// Stateful, secure game connections over anything that moves packets: what a game imports.
///
/// `dev.hawser` has clients and servers, `dev.hawser.transport` what moves their packets,
/// `dev.hawser.token` what fetches a client's connect token, `dev.hawser.fleet` what tells a token
/// service of a server, `dev.hawser.keys` where private keys come from. Logs go to the
/// `System.Logger` named `dev.hawser`, which every logging library can take.
// The modules that see the inner packages are compiled after this one, or not on the path at all.
@SuppressWarnings("module")
module dev.hawser {
    requires transitive dev.hawser.protocol;
    requires com.fasterxml.jackson.core;
    requires java.net.http;
    requires static transitive org.jspecify;

    exports dev.hawser;
    exports dev.hawser.files to
            dev.hawser.cli,
            dev.hawser.tls;
    exports dev.hawser.fleet;
    exports dev.hawser.keys;
    exports dev.hawser.linux to
            dev.hawser.cli;
    exports dev.hawser.time;
    exports dev.hawser.token;
    exports dev.hawser.transport;
}
