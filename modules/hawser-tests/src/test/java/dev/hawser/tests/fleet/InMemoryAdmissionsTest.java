package dev.hawser.tests.fleet;

class InMemoryAdmissionsTest extends AdmissionStoreContract {
    @Override
    FleetStoreRig newRig() {
        return new InMemoryFleetRig();
    }
}
