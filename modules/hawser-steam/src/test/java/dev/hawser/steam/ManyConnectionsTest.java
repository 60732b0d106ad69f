package dev.hawser.steam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.StatedReason;
import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/// What comes and goes a hundred thousand times leaves nothing behind.
class ManyConnectionsTest {
    private static final int CYCLES = 100_000;
    private static final int WARM_UP_CYCLES = 10_000;

    private static final long ANN = 0x0110_0001_0000_0010L;

    @Test
    void aHundredThousandConnectionsLeaveNothingBehind() throws Exception {
        int listeners = StatusCallbacks.listeners();
        long failuresBefore = StatusCallbacks.failures();
        try (SteamRig rig = new SteamRig()) {
            rig.start(rig.serverBuilder());
            SteamClient client = rig.client(ANN);
            // Every tenth callback of somebody else throws, all the time.
            int failing =
                    StatusCallbacks.add(_ -> {
                        throw new IllegalStateException("thrown on purpose");
                    });
            cycles(rig, client, failing, WARM_UP_CYCLES);
            long foreign = committedKilobytes("Other");
            long code = committedKilobytes("Code");
            cycles(rig, client, failing, CYCLES - WARM_UP_CYCLES);

            assertThat(committedKilobytes("Other") - foreign)
                    .as("growth of memory outside the heap, in KB")
                    .isLessThan(512);
            assertThat(committedKilobytes("Code") - code)
                    .as("growth of compiled code and stubs, in KB")
                    .isLessThan(8192);
            assertThat(rig.network.connections()).as("connections").isZero();
            assertThat(MessagePool.live()).as("messages").isZero();
            assertThat(StatusCallbacks.failures() - failuresBefore)
                    .as("callbacks that threw")
                    .isEqualTo(CYCLES / 10);
            StatusCallbacks.remove(failing);
        }
        assertThat(StatusCallbacks.listeners()).isEqualTo(listeners);
        assertThat(LoopbackSteam.failures()).isZero();
        assertThat(MessagePool.failures()).isZero();
    }

    private static void cycles(SteamRig rig, SteamClient client, int failing, int count) {
        for (int i = 0; i < count; i++) {
            client.connect();
            while (!client.isConnected()) {
                rig.step();
            }
            client.send(SteamRig.bytes("hello"));
            rig.step();
            rig.step();
            if (i % 10 == 0) {
                rig.network.connectionsOf(rig.steam(ANN)).getFirst().userData =
                        StatusCallbacks.userData(failing, 0);
            }
            if (i % 2 == 0) {
                client.disconnect();
            } else {
                rig.server.disconnect(rig.connected.getLast(), StatedReason.NONE);
            }
            rig.step();
            rig.step();
            if (rig.seen.size() != 3) {
                throw new AssertionError("seen in cycle " + i + ": " + rig.seen);
            }
            rig.seen.clear();
            rig.connected.clear();
        }
    }

    private static long committedKilobytes(String category) throws Exception {
        String report =
                (String)
                        ManagementFactory.getPlatformMBeanServer()
                                .invoke(
                                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                        "vmNativeMemory",
                                        new Object[] {new String[] {"summary"}},
                                        new String[] {String[].class.getName()});
        Matcher matcher =
                Pattern.compile("-\\s+" + category + " \\(reserved=\\d+KB, committed=(\\d+)KB")
                        .matcher(report);
        assertThat(matcher.find()).as("%s in %s", category, report).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
