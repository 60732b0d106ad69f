package dev.hawser.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.ConnectionState;
import dev.hawser.DisconnectReason;
import dev.hawser.Refusal;
import dev.hawser.local.LocalClient;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.protocol.SameClient;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlotsOfAllTest {
    private final LocalServer one = member();
    private final LocalServer other = member();
    private final MultiServer server =
            MultiServer.builder()
                    .add("one", one)
                    .add("other", other)
                    .connectionRequests(new SlotsOfAll(List.of(one, other), 2))
                    .build();

    private static LocalServer member() {
        return LocalServer.builder().maxClients(2).sameClient(SameClient.TAKE_OVER).build();
    }

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @Test
    void allTogetherHaveAsManyAsOneMayHave() {
        LocalClient first = connect(one, 1);
        LocalClient second = connect(other, 2);
        LocalClient third = connect(other, 3);

        assertThat(first.isConnected()).isTrue();
        assertThat(second.isConnected()).isTrue();
        assertThat(refusalOf(third)).contains(new Refusal.Full(0));

        first.disconnect();
        tick(third);

        assertThat(connect(other, 3).isConnected()).isTrue();
    }

    @Test
    void aServerAloneMayHaveThemAll() {
        assertThat(connect(one, 1).isConnected()).isTrue();
        assertThat(connect(one, 2).isConnected()).isTrue();
        assertThat(refusalOf(connect(other, 3))).contains(new Refusal.Full(0));
    }

    @Test
    void newcomersOfOneTickAreCountedOneByOne() {
        LocalClient[] clients = {
            client(one, 1), client(other, 2), client(one, 3), client(other, 4)
        };
        for (LocalClient client : clients) {
            client.connect();
        }
        tick(clients);

        assertThat(clients).filteredOn(LocalClient::isConnected).hasSize(2);
        assertThat(server.connectedClients()).hasSize(2);
    }

    @Test
    void whoTakesOverNeedsNoOtherSlot() {
        LocalClient first = connect(one, 1);
        LocalClient second = connect(one, 2);

        LocalClient again = connect(other, 1);
        tick(first, second);

        assertThat(again.isConnected()).isTrue();
        assertThat(first.state())
                .isEqualTo(new ConnectionState.Disconnected(new DisconnectReason.Replaced()));
        assertThat(second.isConnected()).isTrue();
    }

    private LocalClient connect(LocalServer member, long id) {
        LocalClient client = client(member, id);
        client.connect();
        tick(client);
        return client;
    }

    private static LocalClient client(LocalServer member, long id) {
        return LocalClient.builder(member).id(id).build();
    }

    private void tick(LocalClient... clients) {
        server.update();
        server.receive((_, _) -> {});
        for (LocalClient client : clients) {
            client.update();
        }
    }

    private static Optional<Refusal> refusalOf(LocalClient client) {
        return client.state()
                        instanceof ConnectionState.Disconnected(DisconnectReason.Denied denied)
                ? denied.refusal()
                : Optional.empty();
    }
}
