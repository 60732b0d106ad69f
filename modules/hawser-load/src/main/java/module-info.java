/// The load generator behind `hawser load`. It sees the packets of the protocol and the batches of
/// the system, which games do not, and has no other users.
// The command is compiled after this module. HdrHistogram is no module.
@SuppressWarnings({"module", "requires-automatic"})
module dev.hawser.load {
    requires HdrHistogram;
    requires com.fasterxml.jackson.databind;
    requires dev.hawser;
    requires static org.jspecify;

    exports dev.hawser.load to
            dev.hawser.cli;
}
