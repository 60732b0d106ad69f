/// The `hawser` command.
@SuppressWarnings("requires-automatic") // HdrHistogram is no module.
module dev.hawser.cli {
    requires HdrHistogram;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.toml;
    requires dev.hawser;
    requires dev.hawser.backend;
    requires dev.hawser.load;
    requires dev.hawser.online;
    requires dev.hawser.redis;
    requires dev.hawser.testkit;
    requires dev.hawser.tls;
    requires dev.hawser.web;
    requires info.picocli;
    requires java.logging;
    requires jdk.httpserver;
    requires static org.jspecify;

    opens dev.hawser.cli to
            info.picocli;
    opens dev.hawser.cli.backend to
            com.fasterxml.jackson.databind,
            info.picocli;
    opens dev.hawser.cli.command to
            info.picocli;
    opens dev.hawser.cli.demo to
            info.picocli;
    opens dev.hawser.cli.option to
            info.picocli;
}
