package dev.hawser.keys;

import dev.hawser.protocol.PrivateKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A key of a key file.
///
/// @param key the key
/// @param madeAt when it was made, where the file says so
record DatedKey(PrivateKey key, @Nullable Instant madeAt) {}
