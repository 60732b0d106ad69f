package dev.hawser.tests.processes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.tests.Built;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/// A real Chromium, driven through `browser/e2e/drive`.
///
/// Every wait is bounded.
final class ChromiumProcess implements AutoCloseable {
    /// For a browser that starts on a busy machine.
    private static final long PATIENCE_SECONDS = 90;

    private static final long LOOK_MILLIS = 100;

    private final ObjectMapper json = new ObjectMapper();
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;

    private ChromiumProcess(Process process) {
        this.process = process;
        answers = process.inputReader();
        commands = process.outputWriter();
    }

    static ChromiumProcess start() {
        try {
            Path drive = Built.root().resolve("browser/e2e/drive");
            ChromiumProcess chromium =
                    new ChromiumProcess(
                            new ProcessBuilder(drive.toString())
                                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                                    .start());
            if (!chromium.readLine().path("ready").asBoolean()) {
                throw new AssertionError("the browser did not start");
            }
            return chromium;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// {@return the number of a new tab with a page}
    ///
    /// @param without what its browser is to lack, for example `WebTransport`
    int open(String url, String... without) {
        ObjectNode command = command("open").put("url", url);
        for (String name : without) {
            command.withArray("without").add(name);
        }
        return execute(command).path("tab").asInt();
    }

    /// {@return what a script says in a tab}
    JsonNode evaluate(int tab, String script) {
        return execute(command("evaluate").put("tab", tab).put("script", script));
    }

    /// Waits until a script in a tab says what is wanted.
    ///
    /// @return what it said
    JsonNode await(int tab, String script, Predicate<JsonNode> isWanted) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        JsonNode said = evaluate(tab, script);
        while (!isWanted.test(said)) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("tab " + tab + " still says " + said + " to " + script);
            }
            pause(LOOK_MILLIS);
            said = evaluate(tab, script);
        }
        return said;
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Writes what a tab shows in a window of this size.
    void screenshot(int tab, Path path, int width, int height) {
        execute(
                command("screenshot")
                        .put("tab", tab)
                        .put("path", path.toString())
                        .put("width", width)
                        .put("height", height));
    }

    private ObjectNode command(String name) {
        return json.createObjectNode().put("do", name);
    }

    private JsonNode execute(ObjectNode command) {
        try {
            commands.write(command + "\n");
            commands.flush();
            JsonNode answer = readLine();
            if (!answer.path("ok").asBoolean()) {
                throw new AssertionError(command + " failed: " + answer.path("error").asText());
            }
            return answer.path("result");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode readLine() throws IOException {
        CompletableFuture<String> line = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> readLine(line));
        try {
            String text = line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (text == null) {
                throw new AssertionError("the browser's driver has ended");
            }
            return json.readTree(text);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer from the browser's driver", e);
        }
    }

    private void readLine(CompletableFuture<String> line) {
        try {
            line.complete(answers.readLine());
        } catch (IOException e) {
            line.completeExceptionally(e);
        }
    }

    /// Ends the browser: the driver does when its input ends.
    @Override
    public void close() {
        try {
            commands.close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
        }
    }
}
