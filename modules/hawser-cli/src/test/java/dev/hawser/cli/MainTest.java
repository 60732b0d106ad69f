package dev.hawser.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.cli.command.ServerCommand;
import dev.hawser.cli.process.Failures;
import dev.hawser.protocol.NetAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(
        value = 30,
        unit = TimeUnit.MINUTES,
        threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // A server that starts does not end.
class MainTest {
    @Test
    void saysItsVersion() {
        Cli.Result result = Cli.run("--version");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .containsPattern("hawser \\d+\\.\\d+\\.\\d+")
                .contains("netcode 1.02");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "demo",
                "server",
                "client",
                "token",
                "token show",
                "keys",
                "keys new",
                "keys rotate",
                "keys retire",
                "keys list",
                "conformance",
                "load",
                "completion"
            })
    void helpFitsATerminalAndGoesToStandardOutput(String command) {
        Cli.Result result = Cli.run((command + " --help").strip().split(" "));

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).startsWith(("Usage: hawser " + command).strip());
        assertThat(result.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "server",
                "client",
                "token",
                "token show",
                "keys new",
                "keys rotate",
                "keys retire",
                "keys list",
                "conformance",
                "load"
            })
    void helpDocumentsExitCodes(String command) {
        assertThat(Cli.run((command + " --help").split(" ")).out())
                .contains("Exit codes: 0 ", "1 ", "2 ");
    }

    @Test
    void withoutACommandItSaysWhatThereIs() {
        Cli.Result result = Cli.run();

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains("demo", "server", "client", "token", "keys", "conformance");
    }

    @Test
    void anUnknownCommandIsNamedWithTheNextBest() {
        Cli.Result result = Cli.run("serve");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("'serve'", "hawser server", "hawser --help");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "server --max-clients 0           | --max-clients is 0, but must be from 1 to 65536",
                "server --max-clients 65537       | --max-clients is 65537",
                "server --max-token-lifetime -1   | '-1' is no lifetime",
                "server --keep-slot-for -1        | --keep-slot-for is -1, but must be from 0 to",
                "server --keep-slot-for 86401     | --keep-slot-for is 86401",
                "client --resume-within 0         | --resume-within is 0, but must be from 1 to",
                "client --resume-within 86401     | --resume-within is 86401",
                "client --token a --resume-within 9 | --resume-within does not go with --token: a",
                "token --server 127.0.0.1:1 --client-id 7 --resumes 0 | a token tag of 1 characters",
                "token --server 127.0.0.1:1 --resumes 00112233445566778899aabbccddeeff "
                        + "| --resumes without --client-id",
                "server --bind localhost:1        | names are not looked up",
                "server --bind 1.2.3.4            | '1.2.3.4' has no port",
                "server --bind 127.0.0.1:7 --bind [::1]:7 --bind 127.0.0.1:7 "
                        + "| --bind 127.0.0.1:7 is there twice",
                "server --bind 127.0.0.1:0 --bind [::1]:0 --identity 127.0.0.1:7 "
                        + "| 1 times --identity for 2 times --bind",
                "server --bind 127.0.0.1:0 --bind 0.0.0.0:7 | 0.0.0.0:7 is all interfaces",
                "server --bind 0.0.0.0:7          | 0.0.0.0:7 is all interfaces",
                "server --bind [::]:7             | [::]:7 is all interfaces",
                "server --identity 0.0.0.0:7      | '0.0.0.0:7' is all interfaces of a machine",
                "server --public-address [::]:7   | '[::]:7' is all interfaces of a machine",
                "server --bind [fe80::1%eth0]:7   | it names a network interface (%eth0)",
                "client --server [::]:7           | '[::]:7' is all interfaces of a machine",
                "client --identity 0.0.0.0:7      | '0.0.0.0:7' is all interfaces of a machine",
                "token --server 0.0.0.0:7         | '0.0.0.0:7' is all interfaces of a machine",
                "token --internal [::]:7          | '[::]:7' is all interfaces of a machine",
                "load --server 0.0.0.0:7          | '0.0.0.0:7' is all interfaces of a machine",
                "load --identity 0.0.0.0:7        | '0.0.0.0:7' is all interfaces of a machine",
                "server --protocol-id 0x          | '0x' is no unsigned 64-bit number",
                "client --send 0                  | --send is 0, but must be from 1",
                "client --send 1 --size 1201      | --size is 1201, but must be from 1 to 1200",
                "client --send 1 --size 0         | --size is 0",
                "client --send 1 --rate 0         | --rate is 0, but must be from 1 to 100000",
                "client --send 1 --hold 1         | --send and --hold: pass one of them",
                "client --send 1 --size 1 --sizes-sweep | pass one of them",
                "client --server 127.0.0.1:1 --identity 127.0.0.1:2 --identity 127.0.0.1:3 "
                        + "| 2 times --identity for 1 times --server",
                "demo --seconds 0                 | --seconds is 0, but must be from 1 to 86400",
                "demo --clients 65                | --clients is 65, but must be from 1 to 64",
                "demo --seconds ten               | 'ten'",
                "demo --host --clients 0          | --clients is 0, but must be from 1 to 64",
                "demo --latency -1                | --latency is -1, but must be from 0 to 1000",
                "demo --latency 1001              | --latency is 1001, but must be from 0 to 1000",
                "demo --jitter -1                 | --jitter is -1, but must be from 0 to 500",
                "demo --jitter 501                | --jitter is 501, but must be from 0 to 500",
                "demo --loss -0.1                 | --loss is -0.1, but must be from 0 to 1: 0.05",
                "demo --loss 5                    | --loss is 5, but must be from 0 to 1: 0.05",
                "demo --loss NaN                  | --loss is NaN, but must be from 0 to 1",
                "demo --duplicate 1.01            | --duplicate is 1.01, but must be from 0 to 1",
                "demo --reorder 2                 | --reorder is 2, but must be from 0 to 1",
                "demo --burst-loss 0.03           | '0.03' is no SHARE:LENGTH: write 0.03:8",
                "demo --burst-loss 0.9:8          | must be from 0 to 0.8889",
                "load --clients 0                 | --clients is 0, but must be from 1 to 16384",
                "load --clients 16385             | --clients is 16385, but must be from 1 to 16384",
                "load --size 7                    | --size is 7, but must be from 8 to 1200",
                "load --size 1201                 | --size is 1201, but must be from 8 to 1200",
                "load --seconds 0                 | --seconds is 0, but must be from 1 to 86400",
                "load --warmup -1                 | --warmup is -1, but must be from 0 to 86400",
                "load --window 4097               | --window is 4097, but must be from 1 to 4096",
                "load --window 4096 --clients 65  | is 266240 payloads under way, but no more than",
                "load --rate 0                    | --rate is 0, but must be above 0",
                "load --rate NaN                  | --rate is NaN, but must be above 0",
                "load --rate 60 --saturate        | --rate and --saturate, --window or --in-flight",
                "load --rate 60 --window 2        | --rate and --saturate, --window or --in-flight",
                "load --rate 60 --in-flight 2     | --rate and --saturate, --window or --in-flight",
                "load --in-flight 0               | --in-flight is 0, but must be from 1 to",
                "load --handshakes --garbage      | --handshakes and --garbage: pass one",
                "load --handshakes --rate 60      | --handshakes with --rate",
                "load --garbage --saturate        | --garbage with --saturate",
                "load --garbage --in-flight 2     | --garbage with --saturate",
                "load --garbage rotten            | 'rotten'",
                "demo --rate 999                  | --rate is 999, but must be from 1000",
                "demo --rate 1000000001           | but must be from 1000 to 1000000000",
                "demo --seed -1                   | '-1' is no unsigned 64-bit number",
                "demo --web --bots 33             | --bots is 33, but must be from 0 to 32",
                "demo --web --port 65536          | --port is 65536, but must be from 0 to 65535",
                "demo --web --loss 0.1            | --loss does not go with --web",
                "demo --web --host                | --host does not go with --web",
                "demo --port 8080                 | --port goes with --web only",
                // What would have no effect.
                "server --agones --bind 127.0.0.1:1 --bind 127.0.0.1:2 | --agones with several --bind",
                "server --quiet                   | --quiet goes with --echo only",
                "server --group-may-read          | --group-may-read goes with a file that has a",
                "client --group-may-read          | --group-may-read goes with a file that has a",
                "client --backend https://a --name a --group-may-read | goes with a file that has",
                "token --server 127.0.0.1:1 --group-may-read | goes with a file that has a secret",
                "server --server-id a             | --server-id goes with --backend only",
                "server --public-address 1.2.3.4:5 | --public-address goes with --backend only",
                "server --admit-when-unreachable | --admit-when-unreachable goes with --backend only",
                "server --credential-file a       | --credential-file goes with --backend only",
                "server --pin a                   | --pin goes with --backend only",
                "server --region eu               | --region goes with --backend only",
                "client --pin a                   | --pin goes with --backend only",
                "client --credential-file a       | --credential-file goes with --backend only",
                "client --region eu               | --region goes with --backend only",
                "client --rate 5                  | --rate goes with --send only",
                "client --size 5                  | --size goes with --send only",
                "client --sizes-sweep             | --sizes-sweep goes with --send only",
                "client --token a --server 127.0.0.1:1 | --server does not go with --token",
                "client --token a --identity 127.0.0.1:1 | --identity does not go with --token",
                "client --token a --protocol-id 1 | --protocol-id does not go with --token",
                "client --token a --private-key-file a | --private-key-file does not go with",
                "client --token a --group-may-read | --group-may-read does not go with --token",
                "client --token a --max-token-lifetime 1 | --max-token-lifetime does not go with",
                "client --token a --name ada      | --name does not go with --token",
                "client --token a --backend https://a | --backend does not go with --token",
                "client --backend https://a --server 127.0.0.1:1 | --server does not go with",
                "client --backend https://a --private-key-file a | does not go with --backend",
                "client --backend https://a --name ada --credential-file a "
                        + "| --name does not go with --credential-file",
                "token --expiry 5 show a          | --expiry goes with 'hawser token' only",
                "load --handshakes --size 9       | --size does not go with --handshakes",
                "load --garbage --size 9          | --size does not go with --garbage",
                "load --in-flight 513             | is more than 64 clients have under way",
                "load --window 1 --in-flight 65   | is more than 64 clients have under way",
                "demo --seed 7                    | --seed goes with --jitter, --loss",
                "demo --latency 5 --seed 7        | --seed goes with --jitter, --loss",
                "demo --host --clients 1 --loss 1 | --loss does not go with --clients 1 and --host",
                // What is missing, and what can be no such thing.
                "server --backend https://a       | --backend without --server-id",
                "server --backend https://a --server-id a "
                        + "| --backend without --credential-file: pass a file with one of the",
                "client --backend https://a       | or --name at a backend for development",
                "server --backend https://a --server-id ä --credential-file a | --server-id 'ä' is",
                "server --backend https://a --server-id a --pin 7 | --pin '7' is no SHA-256",
                "server --backend https://a --backend https://a --server-id a | --backend https://a: it is there twice",
                "server --backend https://a --server-id a --region a/b | --region 'a/b' is not",
                "server --backend ftp://a --server-id a | --backend ftp://a: its scheme is 'ftp'",
                "client --backend http://u:p@a --name a | hand credentials over with"
                        + " --credential-file",
                "client --backend https://[ --name a | 'https://[' is no URL: write it as https://",
                "token --server 127.0.0.1:0       | has port 0, which no server has",
                "client --server 127.0.0.1:0      | has port 0, which no server has",
                "client --identity 127.0.0.1:0    | --identity 127.0.0.1 has port 0",
                "token --server 1.2.3.4:5 --internal 127.0.0.1:0 | --internal 127.0.0.1 has port 0",
                "load --server 127.0.0.1:0        | --server 127.0.0.1 has port 0",
                "load --identity 127.0.0.1:0      | --identity 127.0.0.1 has port 0",
                "client --max-clients 0           | --max-clients is 0, but must be from 1 to",
                // Arguments that are none.
                "server --bind                    | Missing required parameter for option",
                "server --bind 127.0.0.1:65536    | the port 65536 is above 65535",
                "server --tick 1.5                | '1.5' is no whole number from -2147483648",
                "server --max-clients 99999999999 | '99999999999' is no whole number",
                "client --send 1e3                | '1e3' is no whole number",
                "load --rate fast                 | 'fast' is no number: write it as 0.05 or 60",
                "server --tick 1 --tick 2         | should be specified only once",
                "server --port                    | Unknown option: '--port'",
                "server elsewhere                 | Unmatched argument at index 1: 'elsewhere'",
                "keys list                        | Missing required parameter: 'FILE'",
                "backend                          | Missing required option: '--config=FILE'",
                "conformance a --failures -1      | --failures is -1, but must be from 0",
                "token --server 127.0.0.1:1 --user-data-hex 0g | --user-data-hex: ",
            })
    void wrongUsageEndsWithTwoAndNamesValueAndLimit(String args, String message) {
        Cli.Result result = Cli.run(args.strip().split(" +"));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("hawser: ").contains(message, "--help' says");
    }

    @ParameterizedTest
    @ValueSource(strings = {"backend --config", "keys new", "conformance", "token --out"})
    void anEmptyNameIsNoFiles(String command) {
        List<String> args = new ArrayList<>(List.of(command.split(" ")));
        args.add("");

        Cli.Result result = Cli.run(args.toArray(String[]::new));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("the name of the file is empty");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FOLDER/none    | there is no file FOLDER/none: --credential-file names one with one"
                        + " of the secrets in its servers.credential-files",
                "FOLDER         | --credential-file: FOLDER cannot be read: it is a directory",
                "FOLDER/empty   | --credential-file: FOLDER/empty is empty",
                "FOLDER/garbage | FOLDER/garbage holds no credential",
            })
    void aCredentialIsReadBeforeTheServerListens(String file, String message, @TempDir Path folder)
            throws IOException {
        writePrivate(folder.resolve("empty"), new byte[0]);
        writePrivate(folder.resolve("garbage"), new byte[] {(byte) 0xff, 0, 1, 2});

        Cli.Result result =
                Cli.run(
                        "server",
                        "--bind",
                        "127.0.0.1:0",
                        "--backend",
                        "https://127.0.0.1:1",
                        "--server-id",
                        "a",
                        "--credential-file",
                        file.replace("FOLDER", folder.toString()));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains(message.replace("FOLDER", folder.toString()))
                .hasLineCount(1);
    }

    private static void writePrivate(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (DatagramSocket taken =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            for (String command : List.of("server", "client")) {
                Cli.Result result = Cli.run(command, "--bind", address);

                assertThat(result.exitCode()).isEqualTo(1);
                assertThat(result.err())
                        .contains("cannot bind " + address, "is in use")
                        .doesNotContain("Exception");
            }
        }
    }

    /// That the port is taken is noticed when the files were read.
    @Test
    void filesThatWereMountedMayBeReadByTheirGroupWhereThatWasSaid(@TempDir Path folder)
            throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        Path file = folder.resolve("key");
        writePrivate(file, "77".repeat(32).getBytes(StandardCharsets.US_ASCII));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r-----"));
        try (DatagramSocket taken =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            List<String> alone =
                    List.of(
                            "server",
                            "--bind=127.0.0.1:" + taken.getLocalPort(),
                            "--private-key-file=" + file);
            List<String> announced = new ArrayList<>(alone);
            announced.addAll(
                    List.of(
                            "--backend=https://127.0.0.1:1",
                            "--server-id=a",
                            "--credential-file=" + file));
            for (List<String> args : List.of(alone, announced)) {
                List<String> mounted = new ArrayList<>(args);
                mounted.add("--group-may-read");
                assertThat(Cli.run(mounted.toArray(String[]::new)).err())
                        .contains("is in use")
                        .hasLineCount(1);
                assertThat(Cli.run(args.toArray(String[]::new)).err())
                        .contains(
                                "chmod 600 " + file, "let its group read it with --group-may-read")
                        .hasLineCount(1);
            }
        }
    }

    /// By a bash, which asks its functions as it does when a person presses the key.
    @Test
    void bashCompletesCommandsAndTheirOptions(@TempDir Path folder) throws Exception {
        Cli.Result result = Cli.run("completion");
        assertThat(result.exitCode()).isZero();
        Path script = Files.writeString(folder.resolve("completion"), result.out());

        assertThat(completed(script, "hawser", "se")).containsExactly("server");
        assertThat(completed(script, "hawser", "")).contains("demo", "backend", "load", "keys");
        assertThat(completed(script, "hawser", "keys", "")).contains("rotate", "retire");
        assertThat(completed(script, "hawser", "server", "--pri"))
                .containsExactly("--private-key-file");
    }

    private static List<String> completed(Path script, String... words) throws Exception {
        String ask =
                "compopt() { :; }; source '"
                        + script
                        + "'; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9;"
                        + " COMP_LINE=$*; COMP_POINT=${#COMP_LINE}; _complete_hawser;"
                        + " printf '%s\\n' \"${COMPREPLY[@]}\"";
        List<String> command = new ArrayList<>(List.of("bash", "-c", ask, "bash"));
        command.addAll(List.of(words));
        Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        return said.lines().map(String::strip).toList();
    }

    @Test
    void aFailureIsToldWithoutItsClass() {
        for (IOException failure :
                List.of(
                        new IOException(),
                        new FileAlreadyExistsException("a"),
                        new NotDirectoryException("a"),
                        new AccessDeniedException("a"),
                        new NoSuchFileException("a"),
                        new FileSystemException("a", null, "Is a directory"))) {
            assertThat(Failures.describe(failure)).doesNotContain("Exception").isNotBlank();
        }
        assertThat(Failures.describe(new AccessDeniedException("a")))
                .isEqualTo("no permission to use a: see its mode and its owner");
    }

    @Test
    void aServerBoundToAllInterfacesIsAnnouncedByItsIdentity() {
        NetAddress bound = NetAddress.parse("0.0.0.0:7777");
        List<NetAddress> identity =
                List.of(NetAddress.parse("203.0.113.5:9"), NetAddress.parse("203.0.113.6:9"));
        assertThat(ServerCommand.dialled(bound, identity)).isEqualTo(identity.getFirst());
        assertThat(ServerCommand.dialled(bound, List.of(NetAddress.parse("203.0.113.5"))))
                .isEqualTo(NetAddress.parse("203.0.113.5:7777"));
        assertThat(ServerCommand.dialled(NetAddress.parse("10.0.0.1:7"), identity))
                .isEqualTo(NetAddress.parse("10.0.0.1:7"));
    }

    @Test
    void theDevelopmentKeyIsRefusedBeyondLoopback() {
        for (String args :
                new String[] {
                    "server --bind 0.0.0.0:0 --identity 127.0.0.1:1",
                    "server --bind [::]:0 --identity [::1]:1",
                    "server --bind 127.0.0.1:0 --identity 192.0.2.1:1",
                    "client --server 192.0.2.1:40000",
                }) {
            Cli.Result result = Cli.run(args.split(" "));
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err())
                    .contains("no private key", "loopback", "--private-key-file", "hawser keys new")
                    .hasLineCount(1);
        }
    }

    @Test
    void keysAreNeverTakenFromTheCommandLine() {
        Cli.Result result = Cli.run(Map.of(), "server", "--private-key", "00".repeat(32));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--private-key");
    }

    @Test
    void aMissingTokenFileIsNamed() {
        Cli.Result result = Cli.run("client", "--token", "nowhere");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("no token file nowhere", "hawser token").hasLineCount(1);
    }
}
