package dev.hawser.tests.processes.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.tests.Built;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// A real Chromium, driven through `browser/e2e/drive`.
///
/// There is one for all tests, which close their tabs; it ends with the process of the tests. Every
/// wait is bounded. Any thread may ask; what several ask runs side by side.
public final class ChromiumProcess {
    /// For a browser that starts on a busy machine.
    private static final long PATIENCE_SECONDS = 600;

    private static final long LOOK_MILLIS = 100;

    private final ObjectMapper json = new ObjectMapper();
    private final Process process;
    private final Writer commands;

    /// What is awaited, by the id of the command; the driver says under 0 that it is ready.
    private final Map<Integer, CompletableFuture<JsonNode>> awaited = new ConcurrentHashMap<>();

    private final AtomicInteger lastId = new AtomicInteger();

    private ChromiumProcess(Process process) {
        this.process = process;
        commands = process.outputWriter();
        awaited.put(0, new CompletableFuture<>());
        Thread.ofPlatform().daemon().start(this::read);
    }

    private static final class Shared {
        static final ChromiumProcess CHROMIUM = start();
    }

    /// {@return the one for all tests, which starts when it is asked for first}
    public static ChromiumProcess shared() {
        return Shared.CHROMIUM;
    }

    private static ChromiumProcess start() {
        try {
            Path drive = Built.root().resolve("browser/e2e/drive");
            ChromiumProcess chromium =
                    new ChromiumProcess(
                            new ProcessBuilder(drive.toString())
                                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                                    .start());
            if (!chromium.answer(0, "the start").path("ready").asBoolean()) {
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
    public int open(String url, String... without) {
        return open(command("open").put("url", url), without);
    }

    /// {@return the number of a new tab with the driver's own page, which has the actions of
    /// `browser/e2e/page.ts`}
    ///
    /// @param without what its browser is to lack
    public int openDriver(String... without) {
        return open(command("open"), without);
    }

    private int open(ObjectNode command, String... without) {
        for (String name : without) {
            command.withArray("without").add(name);
        }
        return execute(command).path("tab").asInt();
    }

    /// Closes a tab, as a person does.
    public void close(int tab) {
        execute(command("close").put("tab", tab));
    }

    /// {@return what a script says in a tab}
    public JsonNode evaluate(int tab, String script) {
        return execute(command("evaluate").put("tab", tab).put("script", script));
    }

    /// {@return what came of an action of the driver's own page}
    ///
    /// @param wish what the action asks for, as JSON
    public JsonNode act(int tab, String action, JsonNode wish) {
        return execute(command(action).put("tab", tab).set("with", wish));
    }

    /// Waits until a script in a tab says what is wanted.
    ///
    /// @return what it said
    public JsonNode await(int tab, String script, Predicate<JsonNode> isWanted) {
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

    public static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Writes what a tab shows in a window of this size.
    public void screenshot(int tab, Path path, int width, int height) {
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
        int id = lastId.incrementAndGet();
        awaited.put(id, new CompletableFuture<>());
        write(command.put("id", id) + "\n");
        JsonNode answer = answer(id, command.toString());
        if (!answer.path("ok").asBoolean()) {
            throw new AssertionError(command + " failed: " + answer.path("error").asText());
        }
        return answer.path("result");
    }

    private synchronized void write(String line) {
        try {
            commands.write(line);
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode answer(int id, String question) {
        try {
            return awaited.get(id).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer from the browser's driver to " + question, e);
        } finally {
            awaited.remove(id);
        }
    }

    /// Until the driver ends.
    private void read() {
        Throwable end = new IOException("the browser's driver has ended");
        try (BufferedReader answers = process.inputReader()) {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                JsonNode answer = json.readTree(line);
                CompletableFuture<JsonNode> asked = awaited.get(answer.path("id").asInt());
                if (asked != null) {
                    asked.complete(answer);
                }
            }
        } catch (IOException e) {
            end = e;
        }
        for (CompletableFuture<JsonNode> asked : awaited.values()) {
            asked.completeExceptionally(end);
        }
    }
}
