package dev.hawser.transport;

import static dev.hawser.transport.WeatherStation.PEER;
import static dev.hawser.transport.WeatherStation.bytes;
import static dev.hawser.transport.WeatherStation.textsFrom;

import java.util.List;

/// A transport with weather, around one whose network is the test.
abstract class ConditionedTransportFixture {
    static final LinkConditions NONE = LinkConditions.NONE;
    static final LinkConditions SLOW = NONE.latencyMillis(80);

    final WeatherStation station = new WeatherStation();
    final ConditionedTransport transport = station.conditioned().build();

    void send(String... texts) {
        for (String text : texts) {
            transport.send(PEER, bytes(text));
        }
    }

    List<String> receive() {
        return textsFrom(transport, 100);
    }
}
