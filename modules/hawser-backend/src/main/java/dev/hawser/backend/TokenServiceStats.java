package dev.hawser.backend;

/// What a token service has met so far, and how many connections there are.
///
/// @param connections at this moment, of players, game servers and whoever else
/// @param connectionsRefused that found no place, since nobody there kept the service waiting
/// @param connectionsDisplaced that kept the service waiting while somebody else needed the place
/// @param connectionsTimedOut that kept the service waiting, or were not answered, for too long
/// @param requestsMalformed that the web server could not read
/// @param requestsRefused that came while as many as there may be were being answered, of one
///   caller or of all
/// @param tokensResuming that were made for players who go on with a connection that they lost
/// @param resumesOfOthers requests that named another player's token, and got one that resumes
///   nothing
public record TokenServiceStats(
        int connections,
        long connectionsRefused,
        long connectionsDisplaced,
        long connectionsTimedOut,
        long requestsMalformed,
        long requestsRefused,
        long tokensResuming,
        long resumesOfOthers) {}
