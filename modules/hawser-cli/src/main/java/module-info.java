/// The `hawser` command.
@SuppressWarnings("requires-automatic") // HdrHistogram is no module.
module dev.hawser.cli {
    requires HdrHistogram;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.toml;
    requires dev.hawser;
    requires dev.hawser.backend;
    requires dev.hawser.testkit;
    requires dev.hawser.tls;
    requires dev.hawser.web;
    requires info.picocli;
    requires java.logging;
    requires jdk.httpserver;
    requires static org.jspecify;

    opens dev.hawser.cli to
            com.fasterxml.jackson.databind,
            info.picocli;
}
