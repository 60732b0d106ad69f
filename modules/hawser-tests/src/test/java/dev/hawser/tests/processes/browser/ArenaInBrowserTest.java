package dev.hawser.tests.processes.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.tests.Built;
import dev.hawser.tests.processes.HawserProcess;
import dev.hawser.tests.processes.ProcessRig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/// `hawser demo --web` and real browsers: two bots over UDP, the host, and tabs.
///
/// Each screenshot is written to `target`, for people.
@Isolated("a page that gets no processor draws nothing, and says nothing")
class ArenaInBrowserTest {
    private static final String STATE = "document.querySelector('#state').dataset.state";
    private static final String TRANSPORT = "document.querySelector('#transport').textContent";
    private static final String REASON = "document.querySelector('#ended-reason').textContent";
    private static final String RESUMED = "document.querySelector('#resumed').textContent";
    private static final String WAYS =
            "[...document.querySelectorAll('#players .way')].map((way) => way.innerText.slice(2))"
                    + ".sort().join()";
    private static final String ROUND_TRIP =
            "Number(document.querySelector('#round-trip').textContent)";

    /// Where the page draws everybody, by id.
    private static final String PLACES =
            "Object.fromEntries(arena.dots().map(({ id, x, y }) => [id, { x, y }]))";

    private static final long TRAIL_MILLIS = 1500;

    @RegisterExtension private final ProcessRig rig = new ProcessRig();

    private final ChromiumProcess chromium = ChromiumProcess.shared();
    private final List<Integer> tabs = new ArrayList<>();
    private HawserProcess demo;
    private String url;

    private void start(HawserProcess webDemo) {
        demo = webDemo;
        url = demo.awaitOut("^Open (http://127\\.0\\.0\\.1:\\d+/)$").group(1);
    }

    @AfterEach
    void closeTabs() {
        tabs.forEach(chromium::close);
    }

    private int open(String... without) {
        int tab = chromium.open(url, without);
        tabs.add(tab);
        return tab;
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void tabsBotsAndTheHostMeet() throws Exception {
        start(rig.demoInside("--web", "--bots", "2"));
        int first = open();
        int second = open();
        int third = open("WebTransport");
        connectByWebTransport(first);
        connectByWebTransport(second);
        for (int tab : new int[] {first, second, third}) {
            steerInCircles(tab);
            awaitText(tab, WAYS, "Local,UDP,UDP,WebSocket,WebTransport,WebTransport");
        }
        assertThat(chromium.evaluate(first, TRANSPORT).asText()).isEqualTo("WebTransport");
        assertThat(chromium.evaluate(second, TRANSPORT).asText()).isEqualTo("WebTransport");
        assertThat(chromium.evaluate(third, TRANSPORT).asText()).isEqualTo("WebSocket");

        awaitEverybodyMoves(first, 6);
        awaitEverybodyMoves(second, 6);
        awaitEverybodyMoves(third, 6);
        chromium.await(first, ROUND_TRIP, millis -> millis.asDouble() > 0);

        screenshot(first, "arena-desktop.png", 1280, 800);
        screenshot(second, "arena-phone.png", 390, 844);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void theButtonsDoWhatTheySay() {
        start(rig.demoInside("--web", "--bots", "2"));
        int tab = open();
        connectByWebTransport(tab);
        // Who leaves before the arena knows the name was never there.
        demo.awaitOut(" is here \\(webtransport\\)");

        click(tab, "#toggle");
        awaitText(tab, STATE, "disconnected");
        assertThat(chromium.evaluate(tab, REASON).asText()).contains("client ended");
        awaitText(tab, "document.querySelector('#ended-title').textContent", "You have left.");
        awaitText(tab, "document.querySelector('#round-trip').textContent", "–");
        demo.awaitOut(" is gone \\(webtransport\\): The client ended the connection");

        click(tab, "#again");
        connectByWebTransport(tab);

        click(tab, "[name=transport][value=web-socket]");
        awaitText(tab, TRANSPORT, "WebSocket");
        awaitText(tab, STATE, "connected");

        click(tab, "[name=weather][value=awful]");
        // There and back, on top of what the machine takes.
        chromium.await(tab, ROUND_TRIP, millis -> millis.asDouble() > 360);
    }

    /// A page that waits for its processor for longer than its place is kept is somebody new, and
    /// is cut again.
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aConnectionThatIsCutComesBackInTheSamePlace() throws Exception {
        start(rig.demoInside("--web", "--bots", "2"));
        int tab = open();
        connectByWebTransport(tab);
        demo.awaitOut(" is here \\(webtransport\\)");

        chromium.await(
                tab,
                RESUMED,
                said -> {
                    boolean isBack = said.asText().endsWith("ms, in the same place.");
                    if (!isBack && !said.asText().startsWith("The connection is cut")) {
                        click(tab, "#drop");
                    }
                    return isBack;
                });

        demo.awaitOut(" is back \\(web(transport|socket)\\)");
        awaitText(tab, STATE, "connected");
        screenshot(tab, "arena-resumed.png", 1280, 800);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aDemoThatIsStoppedSaysSo() throws Exception {
        start(rig.hawser("demo", "--web", "--bots", "2"));
        int tab = open();
        awaitText(tab, STATE, "connected");

        demo.interrupt();

        assertThat(demo.awaitExit()).as(demo.said()).isZero();
        chromium.await(tab, REASON, reason -> reason.asText().contains("the demo was stopped"));
        screenshot(tab, "arena-stopped.png", 1280, 800);
        click(tab, "#again");
        chromium.await(tab, REASON, reason -> reason.asText().contains("cannot be reached"));
    }

    /// A page on a busy machine goes by WebSocket where a WebTransport takes long, or gives up: so
    /// it is told to take no other way, and to try again.
    private void connectByWebTransport(int tab) {
        chromium.await(
                tab,
                STATE + " + ' ' + " + TRANSPORT,
                said -> {
                    if (said.asText().equals("connected WebSocket")) {
                        click(tab, "[name=transport][value=web-transport]");
                    } else if (said.asText().startsWith("disconnected")) {
                        click(tab, "#again");
                    }
                    return said.asText().equals("connected WebTransport");
                });
    }

    private void awaitText(int tab, String script, String text) {
        chromium.await(tab, script, said -> said.asText().equals(text));
    }

    private void click(int tab, String selector) {
        chromium.evaluate(tab, "document.querySelector('" + selector + "').click()");
    }

    private void steerInCircles(int tab) {
        chromium.evaluate(
                tab,
                """
                (() => {
                    const codes = ["KeyD", "KeyS", "KeyA", "KeyW"];
                    let turn = 0;
                    setInterval(() => {
                        dispatchEvent(new KeyboardEvent("keyup", { code: codes[turn % 4] }));
                        turn++;
                        dispatchEvent(new KeyboardEvent("keydown", { code: codes[turn % 4] }));
                    }, 700);
                })()
                """);
    }

    /// Bots wait at times, and dots that a wall or another holds up too, so each has to be seen to
    /// move once.
    private void awaitEverybodyMoves(int tab, int players) {
        Map<String, JsonNode> seen = new HashMap<>();
        Set<String> moved = new HashSet<>();
        chromium.await(
                tab,
                PLACES,
                places -> {
                    places.properties()
                            .forEach(place -> {
                                JsonNode before =
                                        seen.putIfAbsent(place.getKey(), place.getValue());
                                if (before != null && distance(before, place.getValue()) > 20) {
                                    moved.add(place.getKey());
                                }
                            });
                    return moved.size() == players;
                });
    }

    private static double distance(JsonNode one, JsonNode other) {
        return Math.hypot(
                one.path("x").asDouble() - other.path("x").asDouble(),
                one.path("y").asDouble() - other.path("y").asDouble());
    }

    private void screenshot(int tab, String name, int width, int height) throws Exception {
        Path path = Built.root().resolve("modules/hawser-tests/target").resolve(name);
        chromium.screenshot(tab, path, width, height);
        // In a window of another size, the dots begin new trails.
        ChromiumProcess.pause(TRAIL_MILLIS);
        chromium.screenshot(tab, path, width, height);
        assertThat(Files.size(path)).isGreaterThan(10_000);
    }
}
