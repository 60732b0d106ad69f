package dev.hawser.online.agones;

/// What has gone between a server and its sidecar since the start: totals, which only rise.
public final class AgonesStats {
    private final long healthReports;
    private final long healthReportsFailed;
    private final long requests;
    private final long requestsFailed;
    private final long watches;
    private final long watchesFailed;
    private final long linesRefused;

    AgonesStats(AgonesCounters counters) {
        healthReports = counters.healthReports.sum();
        healthReportsFailed = counters.healthReportsFailed.sum();
        requests = counters.requests.sum();
        requestsFailed = counters.requestsFailed.sum();
        watches = counters.watches.sum();
        watchesFailed = counters.watchesFailed.sum();
        linesRefused = counters.linesRefused.sum();
    }

    /// {@return how often the sidecar has heard that the server is healthy}
    public long healthReports() {
        return healthReports;
    }

    /// {@return how many such reports it did not take, or not in time}
    public long healthReportsFailed() {
        return healthReportsFailed;
    }

    /// {@return how many other requests the sidecar has answered as it should: states, labels,
    /// annotations, and looks at the GameServer}
    public long requests() {
        return requests;
    }

    /// {@return how many of those it did not, or not in time}
    public long requestsFailed() {
        return requestsFailed;
    }

    /// {@return how often the watch was opened: once, and again each time it ended}
    public long watches() {
        return watches;
    }

    /// {@return how many of them could not be opened, broke, or ended over a line that was not
    /// understood}
    public long watchesFailed() {
        return watchesFailed;
    }

    /// {@return how many lines of the watch were too long or not understood}
    public long linesRefused() {
        return linesRefused;
    }

    @Override
    public String toString() {
        return "AgonesStats[healthReports="
                + healthReports
                + ", healthReportsFailed="
                + healthReportsFailed
                + ", requests="
                + requests
                + ", requestsFailed="
                + requestsFailed
                + ", watches="
                + watches
                + ", watchesFailed="
                + watchesFailed
                + ", linesRefused="
                + linesRefused
                + "]";
    }
}
