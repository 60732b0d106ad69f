package dev.hawser.redis;

/// What a [RedisFleetStore] has done since it was opened.
///
/// @param steps commands and scripts that were asked for
/// @param failures of them, those of which nobody knows what they did, and those that were refused
/// @param scriptsSent how often the store did not know a script: a few for each of its starts
/// @param commandsPushedOut commands for game servers that newer ones have pushed out
public record RedisFleetStoreStats(
        long steps, long failures, long scriptsSent, long commandsPushedOut) {}
