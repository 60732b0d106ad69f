package dev.hawser.tests.fleet;

class InMemoryCommandsTest extends CommandQueueContract {
    @Override
    FleetStoreRig newRig() {
        return new InMemoryFleetRig();
    }
}
