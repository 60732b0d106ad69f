package dev.hawser.redis;

import dev.hawser.keys.SecretFile;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// With which name and password a connection is made. A file is read for each connection, so that a
/// password can be changed while the service runs.
final class StorePassword implements ImmediateRedisCredentialsProvider {
    private final String user;
    private final @Nullable SecretFile file;

    /// What the file said last, or what the URL says.
    private volatile String password;

    private StorePassword(String user, @Nullable SecretFile file, String password) {
        this.user = user;
        this.file = file;
        this.password = password;
    }

    static StorePassword of(String user, String password) {
        return new StorePassword(user, null, password);
    }

    /// @throws IOException when the file cannot be read, or others may use it
    static StorePassword in(SecretFile file, String user) throws IOException {
        return new StorePassword(user, file, file.read());
    }

    @Override
    public RedisCredentials resolveCredentialsNow() {
        if (file != null) {
            try {
                password = file.read();
            } catch (IOException e) {
                // While it is being replaced, say: the former one may still do.
                System.getLogger("dev.hawser.redis")
                        .log(
                                System.Logger.Level.WARNING,
                                "The password of the store cannot be read, so the former one is"
                                        + " tried: "
                                        + e.getMessage());
            }
        }
        return RedisCredentials.just(user.isEmpty() ? null : user, password.toCharArray());
    }
}
