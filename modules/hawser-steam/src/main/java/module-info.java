/// Steam connections: clients and servers through the Steamworks SDK or GameNetworkingSockets.
///
/// The game brings Valve's library along; nothing of it is in here. Start the JVM with
/// `--enable-native-access=dev.hawser.steam`.
module dev.hawser.steam {
    requires transitive dev.hawser;
    requires static org.jspecify;

    exports dev.hawser.steam;
}
