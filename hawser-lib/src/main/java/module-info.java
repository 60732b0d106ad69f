/// Stateful, secure game connections over anything that moves packets.
module dev.hawser {
    requires transitive dev.hawser.protocol;
    requires static transitive org.jspecify;

    // exports dev.hawser; and dev.hawser.transport; once they hold a class.
}
