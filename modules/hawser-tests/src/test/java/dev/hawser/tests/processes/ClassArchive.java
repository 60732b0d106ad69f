package dev.hawser.tests.processes;

import dev.hawser.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The classes that a demo loads, kept in a file for all processes of the tests: a demo takes a
/// third less of the processor to start (JEP 350). Where the file cannot be made or does not fit,
/// Java starts without it.
final class ClassArchive {
    private static final long PATIENCE_SECONDS = 600;

    private static List<String> options;

    private ClassArchive() {}

    /// {@return the options that let a Java take the file}
    ///
    /// @param java the Java and the options that it shares with every other process
    /// @param jars the beginning of every process's class path, since an archive knows no folders
    static synchronized List<String> options(List<String> java, String jars) {
        if (options == null) {
            options = make(java, jars);
        }
        return options;
    }

    private static List<String> make(List<String> java, String jars) {
        try {
            Path file = Files.createTempFile("hawser-classes", ".jsa");
            file.toFile().deleteOnExit();
            List<String> command = new ArrayList<>(java);
            command.add("-XX:ArchiveClassesAtExit=" + file);
            command.addAll(List.of("-cp", jars, Main.class.getName()));
            command.addAll(List.of("demo", "--seconds", "1", "--clients", "2"));
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            boolean isOver = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            if (!isOver || Files.size(file) == 0) {
                return List.of();
            }
            // A process with options of its own may not be able to take it, and says so.
            return List.of("-XX:SharedArchiveFile=" + file, "-Xlog:aot*=off", "-Xlog:cds*=off");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
