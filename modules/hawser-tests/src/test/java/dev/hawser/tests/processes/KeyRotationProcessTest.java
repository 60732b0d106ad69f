package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.keys.KeyRingException;
import dev.hawser.keys.KeyRingFile;
import dev.hawser.protocol.KeyId;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.TokenMint;
import dev.hawser.protocol.token.TokenRequest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Keys are changed by the commands for it, under a server that runs.
@Execution(ExecutionMode.CONCURRENT)
class KeyRotationProcessTest {
    /// What a refused client waits for, in vain.
    private static final int REFUSED_SECONDS = 2;

    private static final int LONG_SECONDS = ProcessRig.LONG_TIMEOUT_SECONDS;

    /// Some tokens are used late in a test.
    private static final int LIFETIME_SECONDS = 3_600;

    @RegisterExtension private final ProcessRig rig = new ProcessRig();
    private int clients;

    @ProcessTest
    void aKeyIsChangedWithoutRefusingAPlayerAndTheOldOneEnds() throws Exception {
        Path keys = rig.path("keys");
        run("keys", "new", keys.toString());
        KeyId old = ids(keys).getFirst();
        HawserProcess server = rig.echoServerWith(keys);
        NetAddress address = ProcessRig.address(server);
        server.awaitErr("key file .*newest first: \\[" + old + "]$");
        assertConnects(token(keys, old, address, LONG_SECONDS));
        ConnectToken oldToken = token(keys, old, address, LONG_SECONDS);
        ConnectToken lateToken = token(keys, old, address, REFUSED_SECONDS);

        run("keys", "rotate", keys.toString());
        KeyId fresh = ids(keys).getFirst();
        server.awaitErr("newest first: \\[" + fresh + ", " + old + "]");
        assertConnects(oldToken);
        assertConnects(token(keys, fresh, address, LONG_SECONDS));

        run("keys", "retire", keys.toString());
        server.awaitErr("newest first: \\[" + fresh + "]");
        assertRefused(lateToken);
        assertConnects(token(keys, fresh, address, LONG_SECONDS));

        server.terminate();
        assertThat(server.awaitExit()).as(server.err()).isZero();
        assertThat(server.out() + server.err()).doesNotContain(hex(keys));
    }

    @ProcessTest
    void aTornKeyFileChangesNothingForWhoPlays() throws Exception {
        Path keys = rig.path("keys");
        run("keys", "new", keys.toString());
        KeyId id = ids(keys).getFirst();
        HawserProcess server = rig.echoServerInsideWith(keys);
        NetAddress address = ProcessRig.address(server);
        ConnectToken token = token(keys, id, address, LONG_SECONDS);
        byte[] whole = Files.readAllBytes(keys);

        Files.write(keys, List.of("hawser-keys 1"));

        server.awaitErr("private keys stay as they were .*" + id + ".*the file is torn");
        assertConnects(token);
        Files.write(keys, whole);
        server.awaitErr("can be used again, and are the same");
    }

    @ProcessTest
    void aServerDoesNotStartOnAFileThatOthersMayRead() throws IOException {
        Path keys = rig.path("keys");
        run("keys", "new", keys.toString());
        if (!Files.getFileStore(keys).supportsFileAttributeView("posix")) {
            return;
        }
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));

        HawserProcess server = rig.echoServerInsideWith(keys);

        assertThat(server.awaitExit()).isEqualTo(1);
        assertThat(server.err()).contains("rw-r--r--", "chmod 600 " + keys).hasLineCount(1);
    }

    @ProcessTest
    void commandsThatChangeAFileWaitForEachOther() throws Exception {
        Path keys = rig.path("keys");
        run("keys", "new", keys.toString());
        List<HawserProcess> commands = new ArrayList<>();
        try (FileChannel lock = FileChannel.open(rig.path("keys.lock"), StandardOpenOption.WRITE)) {
            lock.lock();
            for (int i = 0; i < 3; i++) {
                commands.add(rig.hawser("keys", "rotate", keys.toString()));
            }
            // Long enough for them to do it, if they did not wait.
            Thread.sleep(3000);
            assertThat(commands).allMatch(HawserProcess::isAlive);
            assertThat(ids(keys)).hasSize(1);
        }
        for (HawserProcess command : commands) {
            assertThat(command.awaitExit()).as(command.err()).isZero();
        }
        assertThat(ids(keys)).hasSize(4);
    }

    private void run(String... args) {
        HawserProcess command = rig.inside(args);
        assertThat(command.awaitExit()).as(command.err()).isZero();
    }

    private void assertConnects(ConnectToken token) {
        HawserProcess client = rig.client(token, "--hold", "0");
        assertThat(client.awaitExit()).as(client.out() + client.err()).isZero();
        assertThat(client.out()).contains("state connected");
    }

    private void assertRefused(ConnectToken token) {
        HawserProcess client = rig.client(token, "--hold", "0");
        assertThat(client.awaitExit()).as(client.out() + client.err()).isEqualTo(1);
        assertThat(client.out())
                .contains("state disconnected reason=")
                .doesNotContain("state connected");
    }

    private ConnectToken token(Path keys, KeyId id, NetAddress server, int timeoutSeconds)
            throws KeyRingException {
        PrivateKey key = KeyRingFile.at(keys).load().find(id).orElseThrow();
        clients++;
        return new TokenMint(
                        key,
                        ProcessRig.PROTOCOL_ID,
                        new SecureRandom()::nextBytes,
                        () -> System.currentTimeMillis() / 1000)
                .mint(
                        TokenRequest.builder(clients)
                                .server(server)
                                .lifetimeSeconds(LIFETIME_SECONDS)
                                .timeoutSeconds(timeoutSeconds)
                                .build());
    }

    private static List<KeyId> ids(Path keys) throws KeyRingException {
        return KeyRingFile.at(keys).load().ids();
    }

    private static String hex(Path keys) throws KeyRingException {
        return KeyRingFile.at(keys).load().newest().toHex();
    }
}
