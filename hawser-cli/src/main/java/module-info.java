/// The `hawser` command.
module dev.hawser.cli {
    requires dev.hawser;
    requires dev.hawser.testkit;
    requires info.picocli;
    requires static org.jspecify;

    opens dev.hawser.cli to
            info.picocli;
}
