/// Small programs to read first. They use what every game can use: nothing but the library.
module dev.hawser.examples {
    requires dev.hawser;
    requires dev.hawser.steam;
    requires static org.jspecify;
}
