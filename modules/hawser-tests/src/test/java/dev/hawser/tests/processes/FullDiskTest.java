package dev.hawser.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hawser.cli.Main;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A disk that has become full: a small file system in memory, which the processes of this test
/// alone see.
@Execution(ExecutionMode.CONCURRENT)
class FullDiskTest {
    /// Blocks of a file system may have room behind the last file, so it is asked to be all full:
    /// nothing may be made any more, nor grow.
    private static final String SCRIPT =
            """
            mount -t tmpfs -o size=64k,mode=700 tmpfs "$0"
            cd "$0"
            "$@" keys new game.keys
            cp game.keys before
            cat /dev/zero >fill 2>/dev/null || true
            for call in 'keys rotate game.keys' 'keys new other.keys' 'keys secret a.secret' \\
                'token --server 127.0.0.1:1 --protocol-id 1 --private-key-file game.keys --out a.token'
            do
                "$@" $call && echo "written: $call"
            done
            cmp game.keys before && echo 'the keys are as they were'
            ls -A | tr '\\n' ' '
            """;

    @ProcessTest
    void whatCannotBeWrittenIsNamedAndWhatWasThereStays(@TempDir Path folder) {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "mounts are Linux's");
        boolean isRoot = System.getProperty("user.name").equals("root");
        List<String> starter =
                List.of("unshare", isRoot ? "-m" : "-rm", "sh", "-c", SCRIPT, folder.toString());
        try (HawserProcess program =
                HawserProcess.startBy(starter, Main.class.getName(), Map.of(), List.of())) {
            assertThat(program.awaitExit()).as(program.said()).isZero();
            assertThat(program.err().lines().filter(line -> line.startsWith("hawser: ")))
                    .containsExactly(
                            "hawser: cannot write key file game.keys: No space left on device",
                            "hawser: cannot write key file other.keys: No space left on device",
                            "hawser: cannot write a.secret: No space left on device",
                            "hawser: cannot write a.token: No space left on device");
            assertThat(program.out().lines())
                    .contains("the keys are as they were")
                    .noneMatch(line -> line.startsWith("written"))
                    // Nothing half written is left, but locks, which are empty.
                    .endsWith(
                            "a.secret.lock before fill game.keys game.keys.lock other.keys.lock ");
        }
    }
}
