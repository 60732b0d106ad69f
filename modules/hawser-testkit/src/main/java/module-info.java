/// What tests of games and of Hawser itself stand on.
module dev.hawser.testkit {
    requires transitive dev.hawser;
    requires com.fasterxml.jackson.databind;
    requires jdk.management;
    requires static org.jspecify;

    exports dev.hawser.testkit;
    exports dev.hawser.testkit.pair;
    exports dev.hawser.testkit.vectors;
}
