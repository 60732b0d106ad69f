package dev.hawser.online.fleet;

/// What became of the newcomers that a token service was asked about: a snapshot.
///
/// @param admitted those that it let in
/// @param refused those that it did not, whatever the reason
/// @param unanswered those that it did not answer about in time, and that were sent away
/// @param admittedUnasked those that it did not answer about in time, and that came in all the same
///   ([ServerAdmissions.Builder#admitWhenUnreachable()])
/// @param turnedAway those for whom there was no room among those that wait
/// @param superseded connections that were ended since the player is elsewhere, or may not play
/// @param lost ends and presences of connections that the service was not told of, since too much
///   was to be told
/// @param waiting those that wait for an answer
/// @param players those that are here, on their way in, or wait
public record AdmissionStats(
        long admitted,
        long refused,
        long unanswered,
        long admittedUnasked,
        long turnedAway,
        long superseded,
        long lost,
        int waiting,
        int players) {}
