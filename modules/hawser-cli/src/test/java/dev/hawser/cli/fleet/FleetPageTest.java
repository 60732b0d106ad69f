package dev.hawser.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands in `docs/fleet.md` do what they say, one after the other.
class FleetPageTest {
    private static final Path PAGE = Path.of("../../docs/fleet.md");
    private static final Pattern COMMAND = Pattern.compile("(?m)^hawser (fleet .*)$");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    @Test
    void theCommandsOfThePageWork(@TempDir Path folder) throws IOException {
        List<String> commands =
                COMMAND.matcher(Files.readString(PAGE)).results().map(c -> c.group(1)).toList();
        assertThat(commands).hasSize(8);
        try (FleetRig rig = new FleetRig(folder)) {
            rig.announce("eu-1", 1, 60);
            rig.admit("eu-1", 1, 7);
            for (String command : commands) {
                Cli.Result result =
                        Cli.run(
                                Map.of(OperatorOptions.VARIABLE, FleetRig.OPERATOR_CREDENTIAL),
                                words(command.replace("$BACKEND", rig.service.uri().toString())));
                assertThat(result.exitCode()).as("%s: %s", command, result).isZero();
                assertThat(result.out()).containsAnyOf("7", "eu-1");
            }
            assertThat(rig.audited).hasSize(4);
        }
        assertThat(Files.readString(PAGE)).contains("export " + OperatorOptions.VARIABLE + "=");
    }

    /// As a shell takes them apart.
    private static String[] words(String command) {
        return WORD.matcher(command)
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .toArray(String[]::new);
    }
}
