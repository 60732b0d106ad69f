package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.transport.UdpIo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Which way the packets of a server go and what encrypts them, and that it says so. How else
/// ciphers are chosen, [CipherChoiceTest] shows.
@Execution(ExecutionMode.CONCURRENT)
class UdpChoiceTest {
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED ";

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    private HawserProcess echoServer(String javaOptions, String... options) {
        String[] args = new String[options.length + 5];
        args[0] = "server";
        args[1] = "--echo";
        args[2] = "--bind=127.0.0.1:0";
        args[3] = "--private-key-file=" + rig.keyFile();
        args[4] = "--protocol-id=" + Long.toUnsignedString(ProcessRig.PROTOCOL_ID);
        System.arraycopy(options, 0, args, 5, options.length);
        return rig.hawserWith(javaOptions, args);
    }

    @ProcessTest
    void libsodiumRunsAndLinuxMovesPacketsInBatchesUnlessOthersAreForced() {
        HawserProcess server = echoServer(NATIVE_ACCESS);
        server.awaitErr("Packets are encrypted by libsodium 1\\.0\\.\\d+, (system|bundled)");
        assumeTrue(UdpIo.MMSG.obstacle().isEmpty(), UdpIo.MMSG.obstacle());
        server.awaitErr("UDP packets move in batches \\(recvmmsg, sendmmsg\\)");
    }

    @ProcessTest
    void thePropertiesForceAWayAndACipher() {
        HawserProcess server = echoServer(NATIVE_ACCESS + "-Dhawser.udp=nio -Dhawser.crypto=jdk");
        server.awaitErr("UDP packets move by nio, as the system property hawser\\.udp says");
        server.awaitErr("Packets are encrypted by JDK \\d+");
    }

    @ProcessTest
    void theOptionsForceAWayAndACipher() {
        HawserProcess server =
                echoServer(NATIVE_ACCESS + "-Dhawser.udp=mmsg", "--transport=nio", "--crypto=jdk");
        server.awaitErr("UDP packets move by nio");
        server.awaitErr("Packets are encrypted by JDK \\d+");
    }

    /// Java would print a warning on the standard error of every game.
    @ProcessTest
    void withoutNativeAccessPacketsMoveByNioAndTheLogSaysWhatToDo() {
        assumeTrue(UdpIo.MMSG.obstacle().isEmpty(), UdpIo.MMSG.obstacle());
        HawserProcess server = echoServer("-Dhawser.crypto=jdk");
        server.awaitErr(
                "UDP packets move one by one \\(NIO\\), not in batches: native access is not"
                        + " granted: start Java with --enable-native-access=ALL-UNNAMED");
        ProcessRig.address(server);
        assertThat(server.isAlive()).isTrue();
    }

    @ProcessTest
    void whereNativeAccessIsDeniedBatchesThatAreForcedEndTheServerWithTheReason() {
        assumeTrue(UdpIo.MMSG.obstacle().isEmpty(), UdpIo.MMSG.obstacle());
        HawserProcess server =
                echoServer("--illegal-native-access=deny -Dhawser.crypto=jdk", "--transport=mmsg");
        server.awaitErr("hawser: --transport asks for mmsg, but .*native access");
        assertThat(server.awaitExit()).isEqualTo(1);
    }

    @ProcessTest
    void whatIsNoWayIsNamedWithThoseThatAre() {
        HawserProcess server = rig.echoServerInside("--transport=tcp");
        server.awaitErr("'tcp' is no transport: write nio or mmsg");
        assertThat(server.awaitExit()).isEqualTo(2);
        HawserProcess ciphers = rig.echoServerInside("--crypto=rot13");
        ciphers.awaitErr("'rot13' encrypts nothing here: write sodium or jdk");
        assertThat(ciphers.awaitExit()).isEqualTo(2);
    }
}
