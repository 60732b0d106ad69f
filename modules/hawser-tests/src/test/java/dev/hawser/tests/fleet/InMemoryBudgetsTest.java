package dev.hawser.tests.fleet;

class InMemoryBudgetsTest extends RequestBudgetsContract {
    @Override
    FleetStoreRig newRig() {
        return new InMemoryFleetRig();
    }
}
