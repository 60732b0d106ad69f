package dev.hawser.redis;

import java.util.Map;
import java.util.stream.Collectors;

/// Whether a store keeps what it was told, as far as it says so: one that pushes out what it has no
/// room for forgets which tokens were used.
final class StoreMemory {
    /// Data would be pushed out.
    static final class LostException extends RuntimeException {
        private static final long serialVersionUID = 1;

        LostException(String policy) {
            super(
                    "pushes data out when its memory is full (maxmemory-policy "
                            + policy
                            + "), and so would forget which tokens were used: set maxmemory-policy"
                            + " noeviction");
        }
    }

    private StoreMemory() {}

    /// @param info what `INFO memory` answers
    /// @throws LostException when data would be pushed out
    static void check(String info) {
        Map<String, String> values =
                info.lines()
                        .filter(line -> line.indexOf(':') > 0)
                        .collect(
                                Collectors.toMap(
                                        line -> line.substring(0, line.indexOf(':')),
                                        line -> line.substring(line.indexOf(':') + 1).strip(),
                                        (one, _) -> one));
        String policy = values.getOrDefault("maxmemory_policy", "noeviction");
        if (!policy.equals("noeviction") && !values.getOrDefault("maxmemory", "0").equals("0")) {
            throw new LostException(policy);
        }
    }
}
