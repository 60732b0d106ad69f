package dev.hawser.cli.session;

import dev.hawser.NetClient;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/// Stays connected, sends nothing, ignores what comes.
public final class HoldSession implements ClientSession {
    private final long nanos;
    private long startNanos;
    private boolean isStarted;

    public HoldSession(int seconds) {
        nanos = TimeUnit.SECONDS.toNanos(seconds);
    }

    @Override
    public void onPayload(ByteBuffer payload) {}

    @Override
    public boolean step(NetClient client, long nowNanos, boolean isStopping) {
        if (!isStarted) {
            isStarted = true;
            startNanos = nowNanos;
        }
        return isStopping || nowNanos - startNanos >= nanos;
    }

    @Override
    public long nanosToNextStep(long nowNanos) {
        return startNanos + nanos - nowNanos;
    }
}
