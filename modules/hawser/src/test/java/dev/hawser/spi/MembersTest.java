package dev.hawser.spi;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.startUnchecked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.SendResult;
import dev.hawser.local.LocalServer;
import dev.hawser.multi.MultiServer;
import dev.hawser.netcode.Fixtures;
import dev.hawser.protocol.StatedReason;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Members that cannot be added, and members that fail: the others are as they were.
class MembersTest {
    private final Fixtures.Recorder seen = new Fixtures.Recorder();
    private final OwnKind.Server own = new OwnKind.Server(4);
    private final LocalServer local = LocalServer.builder().build();

    private MultiServer startBoth() {
        MultiServer server = MultiServer.builder().add("own", own).add("local", local).build();
        startUnchecked(server);
        return server;
    }

    // ---- Adding

    @Test
    void aBuildThatFailsLeavesTheOthersFree() {
        OwnKind.Server running = OwnKind.Server.started(1);
        MultiServer.Builder builder =
                MultiServer.builder().add("local", local).add("own", own).add("late", running);
        assertThatIllegalStateException()
                .isThrownBy(builder::build)
                .withMessageContainingAll("OwnServer", "'late'", "it runs already", "stop it");
        local.update();
        own.update();
        assertThat(running.isRunning()).isTrue();
        running.stop();
        MultiServer server = builder.build();
        startUnchecked(server);
        server.close();
    }

    @Test
    void oneServerUnderTwoNamesIsRefusedWithBoth() {
        assertThatIllegalStateException()
                .isThrownBy(() -> MultiServer.builder().add("a", own).add("b", own).build())
                .withMessageContainingAll("OwnServer", "'a'", "'b'", "remove it");
        startUnchecked(own);
    }

    @Test
    void aMemberOfAnotherIsRefusedWithItsNameThere() {
        MultiServer first = startBoth();
        MultiServer.Builder second = MultiServer.builder().add("mine", local);
        assertThatIllegalStateException()
                .isThrownBy(second::build)
                .withMessageContainingAll("'mine'", "member 'local' of a MultiServer");
        assertThatIllegalStateException()
                .isThrownBy(local::update)
                .withMessageContainingAll("member 'local' of a MultiServer", "update() there");
        first.remove("local");
        assertThat(second.build().members()).containsOnlyKeys("mine");
        first.close();
    }

    @Test
    void membersHaveNames() {
        MultiServer server = startBoth();
        OwnKind.Server another = new OwnKind.Server(1);
        for (String blank : List.of("", " ")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> MultiServer.builder().add(blank, another))
                    .withMessageContaining("blank");
            assertThatIllegalArgumentException().isThrownBy(() -> server.add(blank, another));
        }
        assertThatNullPointerException()
                .isThrownBy(() -> MultiServer.builder().add(null, another))
                .withMessage("name");
        assertThatNullPointerException()
                .isThrownBy(() -> MultiServer.builder().add("another", null))
                .withMessage("member");
        assertThatNullPointerException().isThrownBy(() -> server.add("another", null));
        assertThat(server.members()).containsOnlyKeys("own", "local");
        server.add("another", another);
    }

    /// It would be lost: what waits there has an order of its own.
    @Test
    void aServerJoinsWhenItsLifeAloneWasReceived() {
        startUnchecked(own);
        own.update();
        OwnKind.Handle client = own.connect(0);
        own.stop();
        MultiServer.Builder builder = MultiServer.builder().add("own", own);
        assertThatIllegalStateException()
                .isThrownBy(builder::build)
                .withMessageContainingAll("'own'", "was not received", "receive(handler)");
        own.receive(seen);
        assertThat(seen.events).hasSize(2).last().asString().endsWith("ServerStopped");
        MultiServer server = builder.build();
        assertThat(server.send(client, bytes("x"))).isEqualTo(SendResult.NOT_CONNECTED);
        server.disconnect(client, StatedReason.NONE);
    }

    @Test
    void whatARemovedMemberLeftIsReceivedWhereItHappened() {
        MultiServer server = startBoth();
        server.update();
        OwnKind.Handle client = own.connect(0);
        server.remove("own");
        server.receive(seen);
        assertThat(seen.events).hasSize(2).last().asString().endsWith("ServerStopped");
        assertThat(server.send(client, bytes("x"))).isEqualTo(SendResult.NOT_CONNECTED);
    }

    @Test
    void aServerWithoutMembersDoesNotStart() {
        MultiServer server = MultiServer.builder().add("own", own).build();
        server.remove("own");
        assertThatThrownBy(server::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("add(name, server)");
    }

    @Test
    void aMultiServerNeedsWhatItIsGiven() {
        MultiServer.Builder builder = MultiServer.builder();
        assertThatNullPointerException().isThrownBy(() -> builder.connectionRequests(null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.tokenHistoryMax(0))
                .withMessageContaining("leave it out");
        MultiServer server = startBoth();
        assertThatNullPointerException().isThrownBy(() -> server.receive(null));
        assertThatNullPointerException().isThrownBy(() -> server.client(null));
        assertThatNullPointerException()
                .isThrownBy(() -> LocalServer.builder().connectionRequests(null));
    }

    // ---- Failing

    @Test
    void oneThatCannotShutLeavesNoOtherUp() {
        MultiServer server = startBoth();
        server.update();
        own.failing = "shut";
        assertThatIllegalStateException().isThrownBy(server::close).withMessage("shut failed");
        assertThat(local.isRunning() || server.isRunning()).isFalse();
        own.failing = "";
        startUnchecked(server);
        server.update();
        assertThat(own.ticks).isEqualTo(2);
        server.close();
    }

    @Test
    void oneThatCannotShutIsRemovedAllTheSame() {
        MultiServer server = startBoth();
        own.failing = "shut";
        assertThatIllegalStateException().isThrownBy(() -> server.remove("own"));
        assertThat(server.members()).containsOnlyKeys("local");
        own.failing = "";
        startUnchecked(own);
        own.update();
        own.stop();
    }

    @Test
    void aStartThatFailsIsToldAndNotTheStopsAfterIt() {
        own.failing = "shut";
        OwnKind.Server second = new OwnKind.Server(1);
        second.failing = "open";
        MultiServer server =
                MultiServer.builder()
                        .add("local", local)
                        .add("own", own)
                        .add("second", second)
                        .build();
        assertThatIllegalStateException()
                .isThrownBy(server::start)
                .withMessage("open failed")
                .satisfies(
                        e -> assertThat(e.getSuppressed()[0]).hasMessageContaining("shut failed"));
        assertThat(server.isRunning()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tick", "flush"})
    void oneThatFailsInATickIsAloneInThat(String method) {
        OwnKind.Server second = new OwnKind.Server(1);
        MultiServer server = MultiServer.builder().add("own", own).add("second", second).build();
        startUnchecked(server);
        own.failing = method;
        Runnable failing = method.equals("tick") ? server::update : server::flush;
        assertThatIllegalStateException().isThrownBy(failing::run).withMessage(method + " failed");
        assertThat(second.ticks + second.flushes).isEqualTo(1);
        server.close();
    }
}
