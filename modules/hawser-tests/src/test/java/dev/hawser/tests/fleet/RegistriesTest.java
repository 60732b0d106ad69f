package dev.hawser.tests.fleet;

import org.junit.jupiter.api.Nested;

/// The registry in memory and the one in a real store do the same.
class RegistriesTest {
    private static RegistryWorld inMemory(int serversMax) {
        return new RegistryWorld.InMemory(serversMax);
    }

    private static RegistryWorld inRedis(int serversMax) {
        return new RegistryWorld.InRedis(RedisProcess.shared().url(), serversMax);
    }

    @Nested
    class MemoryTest extends ServerRegistryContract {
        @Override
        RegistryWorld open(int serversMax) {
            return inMemory(serversMax);
        }
    }

    @Nested
    class MemoryResumingTest extends ResumingPlayersContract {
        @Override
        RegistryWorld open(int serversMax) {
            return inMemory(serversMax);
        }
    }

    @Nested
    class MemoryModelTest extends RegistryModelContract {
        @Override
        RegistryWorld open() {
            return inMemory(100);
        }

        @Override
        int steps() {
            return 3000;
        }
    }

    @Nested
    class RedisTest extends ServerRegistryContract {
        @Override
        RegistryWorld open(int serversMax) {
            return inRedis(serversMax);
        }
    }

    @Nested
    class RedisResumingTest extends ResumingPlayersContract {
        @Override
        RegistryWorld open(int serversMax) {
            return inRedis(serversMax);
        }
    }

    @Nested
    class RedisModelTest extends RegistryModelContract {
        @Override
        RegistryWorld open() {
            return inRedis(100);
        }

        @Override
        int steps() {
            return 1200;
        }
    }
}
