/// Small programs to read first, and a kind of connection. They use what every game can use:
/// nothing but the library.
module dev.hawser.examples {
    requires transitive dev.hawser;
    requires dev.hawser.steam;
    requires static org.jspecify;

    exports dev.hawser.examples.pipe;
}
