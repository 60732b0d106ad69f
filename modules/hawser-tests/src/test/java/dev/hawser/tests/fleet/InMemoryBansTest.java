package dev.hawser.tests.fleet;

class InMemoryBansTest extends BanStoreContract {
    @Override
    FleetStoreRig newRig() {
        return new InMemoryFleetRig();
    }
}
