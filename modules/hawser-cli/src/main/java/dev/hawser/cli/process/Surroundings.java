package dev.hawser.cli.process;

import java.io.Console;
import java.io.InputStream;
import java.util.Map;

/// What a command takes from its process, apart from its arguments, so that tests can give it
/// something else.
///
/// @param input the standard input
/// @param environment the environment variables
/// @param isTerminal whether people read the output as it is written, so that it may move about
public record Surroundings(InputStream input, Map<String, String> environment, boolean isTerminal) {
    @SuppressWarnings("SystemConsoleNull") // The console of JDK 25 is null where output is piped.
    public static Surroundings ofProcess() {
        Console console = System.console();
        return new Surroundings(
                System.in, System.getenv(), console != null && console.isTerminal());
    }
}
