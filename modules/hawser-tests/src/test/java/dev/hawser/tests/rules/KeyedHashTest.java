package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.tests.rig.Host;
import dev.hawser.tests.rig.Inside;
import dev.hawser.tests.rig.Rig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// docs/protocol.md "Hardening" 7: lookups whose collisions nobody can choose. The hash itself is
/// tested beside its map.
class KeyedHashTest {
    private final Rig rig = new Rig();

    private static List<Inside> tablesOf(Host host) {
        Inside machine = Inside.of(host.machine());
        return List.of(
                machine.get("slots").get("slotOfAddress"),
                machine.get("slots").get("slotOfClientId"),
                machine.get("pendingConnections").get("firstOfAddress"),
                machine.get("pendingConnections").get("countOfNetwork"),
                machine.get("history").get("entryOfTag"));
    }

    @Test
    void aServerDrawsItsSecretsInAnOrderThatTestsCanRelyOn() {
        List<Integer> drawn = new ArrayList<>();
        new Host(
                rig,
                rig.config(),
                target -> {
                    drawn.add(target.length);
                    rig.nextBytes(target);
                });

        // The challenge key, where the global sequence starts, the key of the hash tables.
        assertThat(drawn).containsExactly(32, 8, 8, 8);
    }

    @Test
    void everyTableHashesUnderAKeyThatIsRandomForEachStart() {
        Set<Long> keys = new HashSet<>();
        for (int start = 0; start < 10; start++) {
            for (Inside table : tablesOf(rig.host())) {
                keys.add(table.get("hashKey0").asLong());
                keys.add(table.get("hashKey1").asLong());
            }
        }

        assertThat(keys).hasSize(2 * 10).doesNotContain(0L);
    }
}
