/// Netcode 1.02 without input and output: two deterministic machines, tokens, keys and ciphers.
// The modules that see the inner packages are compiled after this one, or not on the path at all.
@SuppressWarnings("module")
module dev.hawser.protocol {
    requires static org.jspecify;

    exports dev.hawser.protocol;
    exports dev.hawser.protocol.crypto to
            dev.hawser.cli,
            dev.hawser.load,
            dev.hawser.sodium,
            dev.hawser.testkit;
    exports dev.hawser.protocol.machine;
    exports dev.hawser.protocol.measure to
            dev.hawser.load,
            dev.hawser.testkit;
    exports dev.hawser.protocol.path to
            dev.hawser.testkit;
    exports dev.hawser.protocol.token;
    exports dev.hawser.protocol.wire to
            dev.hawser.load,
            dev.hawser.testkit;

    uses dev.hawser.protocol.crypto.CipherProvider;
}
