package dev.hawser.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.cli.Cli;
import dev.hawser.cli.option.DevelopmentKey;
import dev.hawser.keys.KeyRingException;
import dev.hawser.keys.KeyRingFile;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.TokenTag;
import dev.hawser.protocol.UnixTime;
import dev.hawser.protocol.token.ConnectToken;
import dev.hawser.protocol.token.ConnectTokenClaims;
import dev.hawser.protocol.token.ConnectTokenInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TokenCommandTest {
    private static final String HEX = "5b".repeat(PrivateKey.BYTES);
    private static final PrivateKey KEY = PrivateKey.ofHex(HEX);

    @TempDir private Path folder;
    private Path keyFile;
    private Path tokenFile;

    @BeforeEach
    void writeKey() throws KeyRingException {
        keyFile = folder.resolve("key");
        tokenFile = folder.resolve("token.bin");
        KeyRingFile.at(keyFile).create(KEY, Instant.EPOCH);
    }

    @Test
    void saysWhatItWasAskedToSay() throws IOException {
        Cli.Result result =
                make(
                        "--server",
                        "127.0.0.1:40001",
                        "--server",
                        "[2001:db8::7]:40002",
                        "--internal",
                        "10.0.0.1:40003",
                        "--internal",
                        "[fd00::1]:40004",
                        "--protocol-id",
                        "0x1122334455667788",
                        "--client-id",
                        "18446744073709551615",
                        "--expiry",
                        "77",
                        "--timeout",
                        "11",
                        "--user-data",
                        "größe",
                        "--reasons",
                        "--survives-moves");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("2048 bytes", "client 18446744073709551615", "77 s");
        assertThat(Files.size(tokenFile)).isEqualTo(ConnectToken.BYTES);
        if (tokenFile.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tokenFile)))
                    .isEqualTo("rw-------");
        }
        ConnectToken token = TokenFile.read(tokenFile);
        ConnectTokenInfo info = token.info();
        ConnectTokenClaims claims = token.claims(KEY);
        assertThat(info.protocolId()).isEqualTo(0x1122334455667788L);
        assertThat(info.expireTimestamp() - info.createTimestamp()).isEqualTo(77);
        assertThat(info.timeoutSeconds()).isEqualTo(11);
        assertThat(info.servers())
                .containsExactly(
                        NetAddress.parse("127.0.0.1:40001"),
                        NetAddress.parse("[2001:db8::7]:40002"));
        assertThat(info.statesReasons()).isTrue();
        assertThat(info.survivesMoves()).isTrue();
        assertThat(claims.servers())
                .containsExactly(
                        NetAddress.parse("10.0.0.1:40003"), NetAddress.parse("[fd00::1]:40004"));
        assertThat(claims.clientId()).isEqualTo(-1);
        assertThat(claims.userData().text()).isEqualTo("größe");
    }

    @Test
    void printsBase64ThatOtherCommandsRead() throws IOException {
        Cli.Result result =
                Cli.run(
                        "token",
                        "--server",
                        "127.0.0.1:1",
                        "--private-key-file",
                        keyFile.toString());

        assertThat(result.exitCode()).isZero();
        assertThat(Base64.getDecoder().decode(result.out().strip())).hasSize(ConnectToken.BYTES);
        Files.writeString(tokenFile, result.out());
        assertThat(TokenFile.read(tokenFile).info().servers()).hasSize(1);
    }

    @Test
    void aNegativeExpiryIsNever() throws IOException {
        make("--server", "127.0.0.1:1", "--expiry", "-1", "--timeout", "-1");

        assertThat(TokenFile.read(tokenFile).info().expireTimestamp()).isEqualTo(UnixTime.NEVER);
        Cli.Result shown = show();
        assertThat(shown.out()).containsPattern("expires +never").containsPattern("timeout +none");
    }

    @Test
    void takesTheKeyFromTheEnvironment() throws IOException {
        Cli.Result result =
                Cli.run(
                        Map.of("HAWSER_PRIVATE_KEY", HEX),
                        "token",
                        "--server",
                        "192.0.2.1:1",
                        "--out",
                        tokenFile.toString());

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(TokenFile.read(tokenFile).claims(KEY).servers()).hasSize(1);
    }

    @Test
    void aBadKeyInTheEnvironmentIsNotRepeated() {
        Cli.Result result =
                Cli.run(
                        Map.of("HAWSER_PRIVATE_KEY", "5b5b5b5b"),
                        "token",
                        "--server",
                        "127.0.0.1:1");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("HAWSER_PRIVATE_KEY", "8 characters", "64 hexadecimal digits")
                .doesNotContain("5b5b");
    }

    @Test
    void withoutKeyLoopbackServersGetTheDevelopmentKeyAndOthersNone() throws IOException {
        Cli.Result loopback =
                Cli.run("token", "--server", "[::1]:1", "--out", tokenFile.toString());

        assertThat(loopback.exitCode()).isZero();
        assertThat(loopback.err()).contains("development key");
        assertThat(TokenFile.read(tokenFile).claims(DevelopmentKey.get()).servers()).hasSize(1);

        for (List<String> args :
                List.of(
                        List.of("token", "--server", "192.0.2.1:1"),
                        List.of("token", "--server", "127.0.0.1:1", "--internal", "10.0.0.1:1"))) {
            Cli.Result other = Cli.run(args.toArray(String[]::new));
            assertThat(other.exitCode()).isEqualTo(1);
            assertThat(other.err())
                    .contains(
                            "no private key", "loopback", "--private-key-file", "hawser keys new");
        }
    }

    @Test
    void wrongUsageEndsWithTwoAndNamesValueAndLimit() {
        assertUsage("a token needs a server");
        assertUsage("33 servers, but a token has room for 32", serverTimes(33));
        assertUsage(
                "1 times --internal for 2 times --server",
                "--server",
                "1.2.3.4:1",
                "--server",
                "1.2.3.4:2",
                "--internal",
                "1.2.3.4:3");
        assertUsage("'127.0.0.1' has no port", "--server", "127.0.0.1");
        assertUsage(
                "'x' is no unsigned 64-bit number", "--server", "1.2.3.4:1", "--client-id", "x");
        assertUsage(
                "user data of 257 bytes, but a connect token has room for 256",
                "--server",
                "1.2.3.4:1",
                "--user-data",
                "x".repeat(257));
        assertUsage(
                "pass one of them",
                "--server",
                "1.2.3.4:1",
                "--user-data",
                "",
                "--user-data-hex",
                "");
        assertUsage("nowhere", "--server", "1.2.3.4:1", "--nowhere");
    }

    @Test
    void thirtyTwoServersFit() throws IOException {
        Cli.Result result = make(serverTimes(32));

        assertThat(result.exitCode()).isZero();
        assertThat(TokenFile.read(tokenFile).info().servers()).hasSize(32);
    }

    @Test
    void showPrintsThePublicPartAndWithTheKeyThePrivatePart() {
        make(
                "--server",
                "127.0.0.1:40001",
                "--internal",
                "192.0.2.7:40003",
                "--client-id",
                "7",
                "--user-data-hex",
                "00c0ffee17",
                "--survives-moves");

        Cli.Result shown = show();
        Cli.Result both = show("--private-key-file", keyFile.toString());

        assertThat(shown.exitCode()).isZero();
        assertThat(shown.out())
                .contains("127.0.0.1:40001", "--private-key-file")
                .containsPattern("expires .*, in (29|30) s")
                .containsPattern("timeout +5 s")
                .containsPattern("states reasons +no\\R +survives moves +yes")
                .doesNotContain("192.0.2.7", "c0ffee");
        assertThat(both.exitCode()).isZero();
        assertThat(both.out())
                .contains("127.0.0.1:40001", "192.0.2.7:40003", "00c0ffee17")
                .containsPattern("client id +7 ")
                .doesNotContain(HEX);
    }

    @Test
    void aTokenNamesTheConnectionThatItGoesOnWithByWhatShowPrints() throws IOException {
        make("--server", "127.0.0.1:1", "--client-id", "7");
        String tag = TokenFile.read(tokenFile).tag().toString();
        String former = show("--private-key-file", keyFile.toString()).out();

        make("--server", "127.0.0.1:1", "--client-id", "7", "--resumes", tag);

        assertThat(former).containsPattern("tag +" + tag).containsPattern("resumes +nothing");
        assertThat(TokenFile.read(tokenFile).claims(KEY).resumes()).contains(TokenTag.parse(tag));
        assertThat(show("--private-key-file", keyFile.toString()).out())
                .containsPattern("resumes +" + tag);
    }

    @Test
    void showPrintsUserDataThatIsTextAsText() {
        make("--server", "127.0.0.1:1", "--user-data", "alice");

        assertThat(show("--private-key-file", keyFile.toString()).out())
                .contains("616c696365", "\"alice\"");
    }

    @Test
    void showNeverPrintsTheKeysInTheToken() throws IOException {
        make("--server", "127.0.0.1:1");
        byte[] bytes = Files.readAllBytes(tokenFile);
        // Behind version, ids, times, nonce, private part, timeout and the one server.
        String keys = HexFormat.of().formatHex(bytes, 1100, 1164);

        String shown = show("--private-key-file", keyFile.toString()).out();

        assertThat(shown).doesNotContain(keys.substring(0, 8), keys.substring(64, 72));
    }

    @Test
    void showWithAnotherKeySaysThatItDoesNotOpen() throws KeyRingException {
        make("--server", "127.0.0.1:1");
        Path other = folder.resolve("other");
        KeyRingFile.at(other).create(PrivateKey.ofHex("77".repeat(32)), Instant.EPOCH);

        Cli.Result result = show("--private-key-file", other.toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("does not open", "another private key");
    }

    @Test
    void aTokenIsSealedWithTheNewestKeyAndShownWithAnyOfTheRing() throws KeyRingException {
        PrivateKey fresh = PrivateKey.ofHex("77".repeat(32));
        make("--server", "127.0.0.1:1");
        KeyRingFile.at(keyFile).addNewest(fresh, Instant.EPOCH);
        assertThat(show("--private-key-file", keyFile.toString()).out())
                .contains("sealed with key " + KEY.id());

        make("--server", "127.0.0.1:1");

        assertThat(show("--private-key-file", keyFile.toString()).out())
                .contains("sealed with key " + fresh.id());
    }

    @Test
    void aDamagedTokenIsToldFromAGoodOne() throws IOException {
        make("--server", "127.0.0.1:1");
        byte[] good = Files.readAllBytes(tokenFile);

        Files.write(tokenFile, Arrays.copyOf(good, 2047));
        assertNoToken("it has 2047 bytes, but a token has 2048");
        Files.write(tokenFile, Arrays.copyOf(good, 2049));
        assertNoToken("it has 2049 bytes, but a token has 2048");
        Files.write(tokenFile, new byte[0]);
        assertNoToken("it has 0 bytes");
        Files.write(tokenFile, new byte[5000]);
        assertNoToken("4096 bytes or more");
        byte[] version = good.clone();
        version[11]++;
        Files.write(tokenFile, version);
        assertNoToken("its version is not NETCODE 1.02");
        byte[] type = good.clone();
        type[1093] = 3;
        Files.write(tokenFile, type);
        assertNoToken("the address of server 1 of 1");
        byte[] sealed = good.clone();
        sealed[61]++;
        Files.write(tokenFile, sealed);
        assertThat(show().exitCode()).isZero();
        Cli.Result opened = show("--private-key-file", keyFile.toString());
        assertThat(opened.exitCode()).isEqualTo(1);
        assertThat(opened.err()).contains("does not open", "changed since");
    }

    @Test
    void aTokenIsWrittenAsAWholeThroughALinkOrNotAtAll() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), tokenFile);
        make("--server", "127.0.0.1:1");
        byte[] former = Files.readAllBytes(tokenFile);

        Cli.Result result = make("--server", "127.0.0.1:2", "--out", link.toString());

        assertThat(result.exitCode()).isEqualTo(2);
        result =
                Cli.run(
                        Map.of("HAWSER_PRIVATE_KEY", HEX),
                        "token",
                        "--server",
                        "127.0.0.1:2",
                        "--out",
                        link.toString());
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.readAllBytes(tokenFile)).isNotEqualTo(former).hasSize(2048);
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("nothing is left over")
                    .containsExactlyInAnyOrder("key", "key.lock", "token.bin", "link");
        }
    }

    @Test
    void whatCannotBeWrittenIsNamed() {
        for (Path out : List.of(folder, folder.resolve("missing").resolve("token"))) {
            Cli.Result result =
                    Cli.run("token", "--server", "127.0.0.1:1", "--out", out.toString());
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).contains("hawser: cannot write " + out + ": ");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDeviceIsNamed() {
        Cli.Result result = Cli.run("token", "--server", "127.0.0.1:1", "--out", "/dev/full");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("hawser: cannot write /dev/full: No space left on device");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDeviceGetsTheTokenAlone() {
        Cli.Result result = Cli.run("token", "--server", "127.0.0.1:1", "--out", "/dev/null");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("wrote 2048 bytes to /dev/null");
    }

    @Test
    void aFolderIsNoTokenFile() {
        Cli.Result result = Cli.run("token", "show", folder.toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("cannot read " + folder).hasLineCount(1);
    }

    @Test
    void aMissingTokenFileIsNamed() {
        Cli.Result result = Cli.run("token", "show", "nowhere");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("no token file nowhere").hasLineCount(1);
    }

    private Cli.Result make(String... options) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "token",
                                "--private-key-file",
                                keyFile.toString(),
                                "--out",
                                tokenFile.toString()));
        args.addAll(List.of(options));
        return Cli.run(args.toArray(String[]::new));
    }

    private Cli.Result show(String... options) {
        List<String> args = new ArrayList<>(List.of("token", "show", tokenFile.toString()));
        args.addAll(List.of(options));
        return Cli.run(args.toArray(String[]::new));
    }

    private void assertUsage(String message, String... options) {
        Cli.Result result = make(options);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains(message, "hawser token --help");
    }

    private void assertNoToken(String message) {
        Cli.Result result = show();
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).startsWith("hawser: ").contains(message).hasLineCount(1);
    }

    private static String[] serverTimes(int count) {
        List<String> args = new ArrayList<>();
        for (int port = 1; port <= count; port++) {
            args.addAll(List.of("--server", "127.0.0.1:" + port));
        }
        return args.toArray(String[]::new);
    }
}
