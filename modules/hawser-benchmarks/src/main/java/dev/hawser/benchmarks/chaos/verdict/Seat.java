package dev.hawser.benchmarks.chaos.verdict;

/// That a player sat at a start of a server, from when that said so until it said otherwise, or was
/// killed.
///
/// @param tag of the token that came from this port last, empty where nobody has said
/// @param isResumed whether the slot had been kept, so that the service was not asked before
record Seat(
        String server,
        String start,
        String clientId,
        String port,
        String tag,
        boolean isResumed,
        Span span) {
    String where() {
        return "server " + server + " (start " + start + ")";
    }
}
