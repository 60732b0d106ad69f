package dev.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.GroupLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The structures are those of Linux's headers on x86_64 and aarch64, which have the same.
class LayoutsTest {
    /// Sizes and offsets, by the name that C has for them.
    private static final Map<String, Integer> ABI =
            Map.ofEntries(
                    Map.entry("sizeof(struct iovec)", 16),
                    Map.entry("offsetof(struct iovec, iov_base)", 0),
                    Map.entry("offsetof(struct iovec, iov_len)", 8),
                    Map.entry("sizeof(struct mmsghdr)", 64),
                    Map.entry("offsetof(struct mmsghdr, msg_hdr.msg_name)", 0),
                    Map.entry("offsetof(struct mmsghdr, msg_hdr.msg_namelen)", 8),
                    Map.entry("offsetof(struct mmsghdr, msg_hdr.msg_iov)", 16),
                    Map.entry("offsetof(struct mmsghdr, msg_hdr.msg_iovlen)", 24),
                    Map.entry("offsetof(struct mmsghdr, msg_hdr.msg_control)", 32),
                    Map.entry("offsetof(struct mmsghdr, msg_hdr.msg_controllen)", 40),
                    Map.entry("offsetof(struct mmsghdr, msg_hdr.msg_flags)", 48),
                    Map.entry("offsetof(struct mmsghdr, msg_len)", 56),
                    Map.entry("sizeof(struct sockaddr_in)", 16),
                    Map.entry("offsetof(struct sockaddr_in, sin_family)", 0),
                    Map.entry("offsetof(struct sockaddr_in, sin_port)", 2),
                    Map.entry("offsetof(struct sockaddr_in, sin_addr)", 4),
                    Map.entry("sizeof(struct sockaddr_in6)", 28),
                    Map.entry("offsetof(struct sockaddr_in6, sin6_family)", 0),
                    Map.entry("offsetof(struct sockaddr_in6, sin6_port)", 2),
                    Map.entry("offsetof(struct sockaddr_in6, sin6_flowinfo)", 4),
                    Map.entry("offsetof(struct sockaddr_in6, sin6_addr)", 8),
                    Map.entry("offsetof(struct sockaddr_in6, sin6_scope_id)", 24),
                    Map.entry("sizeof(struct pollfd)", 8),
                    Map.entry("offsetof(struct pollfd, fd)", 0),
                    Map.entry("offsetof(struct pollfd, events)", 4),
                    Map.entry("offsetof(struct pollfd, revents)", 6),
                    Map.entry("sizeof(struct timespec)", 16),
                    Map.entry("offsetof(struct timespec, tv_sec)", 0),
                    Map.entry("offsetof(struct timespec, tv_nsec)", 8));

    private static final Map<String, GroupLayout> STRUCTURES =
            Map.of(
                    "iovec", Layouts.IOVEC,
                    "mmsghdr", Layouts.MMSGHDR,
                    "sockaddr_in", Layouts.SOCKADDR_IN,
                    "sockaddr_in6", Layouts.SOCKADDR_IN6,
                    "pollfd", Layouts.POLLFD,
                    "timespec", Layouts.TIMESPEC);

    @Test
    void sizesAndOffsetsAreThoseOfBothProcessors() {
        ABI.forEach((expression, value) ->
                assertThat(inJava(expression)).as(expression).isEqualTo(value));
    }

    private static int inJava(String expression) {
        String inside =
                expression.substring(
                        expression.indexOf('(') + "(struct ".length(), expression.length() - 1);
        String[] parts = inside.split(", (msg_hdr\\.)?", -1);
        GroupLayout struct = STRUCTURES.get(parts[0]);
        return parts.length == 1 ? Layouts.bytes(struct) : Layouts.offset(struct, parts[1]);
    }

    /// Where there is a C compiler, it is asked.
    @Test
    void sizesAndOffsetsAreThoseOfTheHeadersHere(@TempDir Path folder)
            throws IOException, InterruptedException {
        assumeTrue(Linux.obstacle(true).isEmpty(), "this is not a Linux that is known here");
        assumeTrue(isOnPath("cc"), "there is no C compiler");
        StringBuilder program =
                new StringBuilder(
                        """
                        #define _GNU_SOURCE
                        #include <netinet/in.h>
                        #include <poll.h>
                        #include <stddef.h>
                        #include <sys/socket.h>
                        #include <time.h>
                        """);
        ABI.forEach((expression, value) ->
                program.append("_Static_assert(%s == %d, \"\");%n".formatted(expression, value)));
        Path source = Files.writeString(folder.resolve("abi.c"), program);
        Path output = folder.resolve("output");
        Process compiler =
                new ProcessBuilder(List.of("cc", "-fsyntax-only", source.toString()))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        assertThat(compiler.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(output, StandardCharsets.UTF_8)).isEmpty();
        assertThat(compiler.exitValue()).isZero();
    }

    private static boolean isOnPath(String program) {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
