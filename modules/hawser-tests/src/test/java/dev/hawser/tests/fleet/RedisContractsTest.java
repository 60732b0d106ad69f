package dev.hawser.tests.fleet;

import org.junit.jupiter.api.Nested;

/// What every store does, in a real Redis.
class RedisContractsTest {
    @Nested
    class AdmissionsTest extends AdmissionStoreContract {
        @Override
        FleetStoreRig newRig() {
            return new RedisFleetRig();
        }
    }

    @Nested
    class BansTest extends BanStoreContract {
        @Override
        FleetStoreRig newRig() {
            return new RedisFleetRig();
        }
    }

    @Nested
    class CommandsTest extends CommandQueueContract {
        @Override
        FleetStoreRig newRig() {
            return new RedisFleetRig();
        }
    }

    @Nested
    class BudgetsTest extends RequestBudgetsContract {
        @Override
        FleetStoreRig newRig() {
            return new RedisFleetRig();
        }
    }
}
