package dev.hawser.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// One line for each outage, and one for its end.
class StoreOutageTest {
    private final List<String> lines = new ArrayList<>();
    private long nowNanos = Long.MAX_VALUE - 5;

    private final StoreOutage outage =
            new StoreOutage(
                    new System.Logger() {
                        @Override
                        public String getName() {
                            return "lines";
                        }

                        @Override
                        public boolean isLoggable(Level level) {
                            return true;
                        }

                        @Override
                        public void log(
                                Level level, ResourceBundle bundle, String line, Throwable why) {
                            lines.add(level + " " + line);
                        }

                        @Override
                        public void log(
                                Level level, ResourceBundle bundle, String line, Object... with) {
                            lines.add(level + " " + line);
                        }
                    },
                    StoreAddress.parse("redis://:hunter2@store"),
                    () -> nowNanos);

    private void pass(long seconds) {
        nowNanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void anOutageIsSaidOnceAndItsEndWhenItHasBeenQuietForAWhile() {
        outage.noteAnswer();
        for (int i = 0; i < 100; i++) {
            outage.noteFailure("is ill");
            // A store in trouble may still answer now and then.
            outage.noteAnswer();
            pass(1);
        }
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst())
                .startsWith("WARNING The store at redis://store:6379 is ill. Until it is well");

        pass(4);
        outage.noteAnswer();
        outage.noteAnswer();
        assertThat(lines).hasSize(2);
        assertThat(lines.getLast()).startsWith("INFO The store at").contains("99 s");

        outage.noteFailure("is ill again");
        assertThat(lines).hasSize(3);
    }

    @Test
    void whatAStoreRefusesIsExplained() {
        for (String word :
                List.of(
                        "MISCONF",
                        "READONLY",
                        "NOREPLICAS",
                        "BUSY",
                        "LOADING",
                        "MASTERDOWN",
                        "CLUSTERDOWN",
                        "OOM",
                        "NOAUTH",
                        "WRONGPASS",
                        "NOPERM")) {
            assertThat(
                            StoreOutage.sentence(
                                    new RedisException(
                                            new RedisCommandExecutionException(word + " or so"))))
                    .contains("(" + word + "): ");
        }
        assertThat(StoreOutage.sentence(new RedisCommandTimeoutException("after 2 s")))
                .startsWith("does not answer in time");
        assertThat(StoreOutage.sentence(new RedisCommandExecutionException("ERR what")))
                .isEqualTo("refuses what it is asked for (ERR what)");
    }
}
