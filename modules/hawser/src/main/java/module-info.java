/// Stateful, secure game connections over anything that moves packets: what a game imports.
///
/// `dev.hawser` has what every game names, `dev.hawser.netcode`, `dev.hawser.local` and
/// `dev.hawser.multi` the kinds of clients and servers, `dev.hawser.spi` what others make a kind
/// with, `dev.hawser.transport` what moves their packets, `dev.hawser.token` where a client's
/// connect token comes from, `dev.hawser.keys` where private keys come from. Logs go to the
/// `System.Logger` named `dev.hawser`, which every logging library can take.
// The modules that see the inner packages are compiled after this one, or not on the path at all.
@SuppressWarnings("module")
module dev.hawser {
    requires transitive dev.hawser.protocol;
    // For code on the class path, whose runtime has it unless somebody cut it down.
    requires static java.management;
    requires static org.jspecify;

    exports dev.hawser;
    exports dev.hawser.files to
            dev.hawser.cli,
            dev.hawser.tls;
    exports dev.hawser.keys;
    exports dev.hawser.linux to
            dev.hawser.load;
    exports dev.hawser.local;
    exports dev.hawser.multi;
    exports dev.hawser.netcode;
    exports dev.hawser.signals to
            dev.hawser.cli;
    exports dev.hawser.spi;
    exports dev.hawser.time;
    exports dev.hawser.token;
    exports dev.hawser.transport;
}
