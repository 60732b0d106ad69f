package dev.hawser.backend.fleet;

/// How much an [InMemoryFleetStore] remembers at this moment, and what it had no room for.
///
/// @param marks of tokens that are used up
/// @param players that are present
/// @param bans of players, some of which may be over
/// @param commands that wait for servers
/// @param newcomersRefused for whom there was no room in the memory
/// @param commandsLost that were pushed out by later ones
public record InMemoryFleetStats(
        int marks, int players, int bans, int commands, long newcomersRefused, long commandsLost) {}
