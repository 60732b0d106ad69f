/// What the token services of one fleet share, in Redis or Valkey.
///
/// Logs go to the `System.Logger` named `dev.hawser.redis`.
// Lettuce is no module.
@SuppressWarnings("requires-automatic")
module dev.hawser.redis {
    requires transitive dev.hawser.backend;
    requires io.netty.common;
    requires lettuce.core;
    requires static org.jspecify;

    exports dev.hawser.redis;
}
