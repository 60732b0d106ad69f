package dev.hawser.online.agones;

import java.util.concurrent.atomic.LongAdder;

/// Counts what goes between a server and its sidecar, on any thread.
final class AgonesCounters {
    final LongAdder healthReports = new LongAdder();
    final LongAdder healthReportsFailed = new LongAdder();
    final LongAdder requests = new LongAdder();
    final LongAdder requestsFailed = new LongAdder();
    final LongAdder watches = new LongAdder();
    final LongAdder watchesFailed = new LongAdder();
    final LongAdder linesRefused = new LongAdder();
}
