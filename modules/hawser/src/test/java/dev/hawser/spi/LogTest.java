package dev.hawser.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTest {
    @Test
    void anyLibraryCanTakeTheLogByItsName() {
        assertThat(Log.logger().getName()).isEqualTo("dev.hawser");
    }
}
