package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Authentication;
import dev.hawser.ConnectionState;
import dev.hawser.Resume;
import dev.hawser.netcode.NetcodeClient;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.token.TokenRequest;
import dev.hawser.token.FetchedToken;
import dev.hawser.token.TokenSource;
import dev.hawser.transport.UdpTransport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Connections that are lost, and go on.
@Execution(ExecutionMode.CONCURRENT)
class ResumingProcessesTest {
    private static final String DAY = "86400";

    /// A busy machine may lose the connection once more, and then it comes back once more.
    private static final int TIMEOUT_SECONDS = 2;

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    @ProcessTest
    void aClientComesBackByItselfToAServerThatWasKilledAndStartedAnew() {
        HawserProcess server = rig.echoServer();
        NetAddress address = ProcessRig.address(server);
        HawserProcess client =
                rig.inside(
                        "client",
                        "--server",
                        address.toString(),
                        "--protocol-id",
                        "0x" + Long.toHexString(ProcessRig.PROTOCOL_ID),
                        "--private-key-file",
                        rig.keyFile().toString(),
                        "--resume-within",
                        DAY);
        client.awaitOut("^state connected");

        server.kill();
        server.awaitExit();
        HawserProcess next = rig.echoServerInsideAt(address.toString());

        next.awaitOut("^connected index=0 ");
        client.endInput();
        assertThat(client.awaitExit()).as(client.err()).isZero();
        assertThat(client.out())
                .matches(
                        """
                        state connecting
                        state connected .*
                        (state resuming attempt=\\d+
                        )+state connected .*
                        state disconnected reason=client-left
                        """)
                .contains("\nstate resuming attempt=1\n");
    }

    @ProcessTest
    void aServerSaysWhoIsLostAndWhoComesBack() {
        HawserProcess server = rig.echoServerInside("--keep-slot-for", DAY);
        TokenRequest request =
                ProcessRig.request(1)
                        .server(ProcessRig.address(server))
                        .timeoutSeconds(TIMEOUT_SECONDS)
                        .statesReasons(true)
                        .survivesMoves(true)
                        .build();
        try (NetcodeClient client =
                NetcodeClient.builder()
                        .transport(UdpTransport.anyPort())
                        .authentication(new Authentication.Backend(new Tokens(request)))
                        .resume(Resume.within(Duration.ofHours(1)))
                        .build()) {
            client.connect();
            updateUntil(client, client::isConnected);
            server.awaitOut("^connected index=0 id=1 ");

            // Nobody updates the client meanwhile.
            server.awaitOut("^suspended index=0 id=1$");
            updateUntil(client, () -> client.state() instanceof ConnectionState.Resuming);
            updateUntil(client, client::isConnected);

            server.awaitOut("^resumed index=0 id=1 address=127.0.0.1:\\d+$");
        }
        server.awaitOut("^disconnected index=0 id=1 reason=client-left$");
    }

    private static void updateUntil(NetcodeClient client, BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s", client.state()).isLessThan(deadlineNanos);
            client.update();
            Thread.onSpinWait();
        }
    }

    private final class Tokens implements TokenSource {
        private final TokenRequest request;

        Tokens(TokenRequest request) {
            this.request = request;
        }

        @Override
        public CompletableFuture<FetchedToken> fetch() {
            return fetched(request.toBuilder());
        }

        @Override
        public CompletableFuture<FetchedToken> fetch(TokenTag former) {
            return fetched(request.toBuilder().resumes(former));
        }

        private CompletableFuture<FetchedToken> fetched(TokenRequest.Builder wish) {
            return CompletableFuture.completedFuture(
                    FetchedToken.of(rig.token(wish), request.clientId()));
        }
    }
}
