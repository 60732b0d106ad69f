package dev.hawser.netcode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.TestLog;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogTest {
    @Test
    void aLimitThatIsOffIsSaidAtEachStart() {
        Fixtures world = new Fixtures();
        world.start(world.serverBuilder().maxConnectTokenLifetimeOff());
        assertThat(world.log.lines)
                .filteredOn(line -> line.startsWith("WARNING"))
                .singleElement()
                .asString()
                .contains("maxConnectTokenLifetime is off", "development");
        world.servers.getFirst().close();
        world.log.lines.clear();
        world.start(world.serverBuilder().maxConnectTokenLifetime(Duration.ofSeconds(60)));
        assertThat(world.log.lines).noneMatch(line -> line.startsWith("WARNING"));
    }

    @Test
    void theCipherIsSaidOnce() {
        TestLog log = new TestLog();
        String name = "a cipher that no other test names";
        NetcodeLog.cipher(log, name);
        NetcodeLog.cipher(log, name);
        assertThat(log.lines).containsExactly("INFO Packets are encrypted by " + name + ".");
    }
}
