/// What the token services of one fleet share, in Redis or Valkey:
/// [dev.hawser.redis.RedisFleetStore].
///
/// Whatever has to be one step is a script that runs in the store; they lie in this package's
/// resources, and each says its keys, arguments and answers. Nothing else here knows how things are
/// laid out there, but `StoreKeys`.
@NullMarked
package dev.hawser.redis;

import org.jspecify.annotations.NullMarked;
