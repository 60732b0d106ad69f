package dev.hawser.tests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hawser.protocol.NetAddress;
import java.nio.charset.StandardCharsets;

class NetAddressFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void anyTextIsAnAddressThatReadsBackOrRefused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        NetAddress address;
        try {
            address = NetAddress.parse(text);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageContaining("address");
            return;
        }
        assertThat(NetAddress.parse(address.toString())).isEqualTo(address);
    }
}
