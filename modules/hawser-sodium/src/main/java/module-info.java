/// The ciphers of Hawser by libsodium.
///
/// Nothing here is called by name: a module path or class path that holds this module makes it the
/// choice of every client and server. It calls native code, which Java warns of unless it is
/// started with `--enable-native-access=dev.hawser.sodium` (on the class path: `ALL-UNNAMED`).
module dev.hawser.sodium {
    requires dev.hawser.protocol;
    requires static org.jspecify;

    provides dev.hawser.protocol.crypto.CipherProvider with
            dev.hawser.sodium.SodiumCipherProvider;
}
