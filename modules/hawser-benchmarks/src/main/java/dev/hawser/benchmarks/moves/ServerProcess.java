package dev.hawser.benchmarks.moves;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PrivateKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A `hawser server` in a process of its own, which can be killed.
final class ServerProcess {
    static final long PROTOCOL_ID = 23;

    private ServerProcess() {}

    static NetAddress freeAddress() throws IOException {
        try (var socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return NetAddress.parse("127.0.0.1:" + socket.getLocalPort());
        }
    }

    /// {@return the file with the key, in this folder}
    static Path writeKey(Path folder, PrivateKey key) throws IOException {
        Path keyFile = folder.resolve("key");
        byte[] bytes = new byte[PrivateKey.BYTES];
        key.copyTo(bytes);
        Files.write(keyFile, bytes);
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
        return keyFile;
    }

    /// {@return a server that echoes, and listens}
    ///
    /// @param maxTokenLifetime as the command takes it
    static Process start(NetAddress address, Path keyFile, String maxTokenLifetime)
            throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.hawser.cli.Main",
                                "server",
                                "--echo",
                                "--quiet",
                                "--bind",
                                address.toString(),
                                "--protocol-id",
                                "" + PROTOCOL_ID,
                                "--private-key-file",
                                keyFile.toString(),
                                "--max-token-lifetime",
                                maxTokenLifetime)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null || !line.startsWith("listening on ")) {
            throw new IOException("hawser server did not start, but said: " + line);
        }
        return process;
    }
}
