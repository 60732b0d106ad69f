package dev.hawser.online.fleet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import dev.hawser.online.http.TestService;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A token service that knows who is where, over real HTTP, as far as a test says what it answers:
/// everybody may come in unless the test has other ideas.
final class ScriptedFleet implements AutoCloseable {
    /// What came, oldest first.
    final List<Map<String, Object>> announcements = Collections.synchronizedList(new ArrayList<>());

    final List<Map<String, Object>> questions = Collections.synchronizedList(new ArrayList<>());
    final List<Map<String, Object>> presences = Collections.synchronizedList(new ArrayList<>());
    final List<String> withdrawals = Collections.synchronizedList(new ArrayList<>());

    /// What is said of a newcomer.
    volatile Function<Map<String, Object>, String> answer = ScriptedFleet::admitted;

    /// Commands, as JSON.
    volatile String commands = "";

    /// Connections that are over.
    volatile List<Object> superseded = List.of();

    volatile boolean hasAdmissions = true;
    volatile int statusOfQuestions = 200;
    volatile int statusOfAnnouncements = 200;

    /// What is answered to questions whatever they are; empty for what fits.
    volatile String wholeAnswer = "";

    /// What each question waits for.
    volatile CountDownLatch open = new CountDownLatch(0);

    final TestService service = TestService.http(this::answer);

    static String admitted(Map<String, Object> newcomer) {
        return "{\"outcome\": \"admitted\", \"connectionId\": \""
                + newcomer.get("connectionId")
                + "\"}";
    }

    private void answer(TestService.Request request, HttpExchange exchange) throws IOException {
        if (request.method().equals("DELETE")) {
            withdrawals.add(exchange.getRequestURI().getQuery());
            exchange.sendResponseHeaders(204, -1);
        } else if (request.path().endsWith("/admissions")) {
            questions.add(read(request.body()));
            TestService.hold(open);
            answerQuestion(exchange, answers(read(request.body())));
        } else if (request.path().endsWith("/presences")) {
            presences.add(read(request.body()));
            TestService.hold(open);
            String ids =
                    superseded.stream()
                            .map(id -> "\"" + id + "\"")
                            .collect(Collectors.joining(","));
            answerQuestion(exchange, "{\"superseded\": [" + ids + "]}");
        } else {
            announcements.add(read(request.body()));
            if (statusOfAnnouncements == 200) {
                TestService.answer(
                        exchange,
                        200,
                        "application/json",
                        "{\"heartbeatSeconds\": 5, \"connectTokenLifetimeSeconds\": 30,"
                                + (hasAdmissions ? "\"admissions\": true," : "")
                                + "\"commands\": ["
                                + commands
                                + "]}");
            } else {
                TestService.refuse(exchange, statusOfAnnouncements, "Title", "away");
            }
        }
    }

    private String answers(Map<String, Object> question) {
        return "{\"answers\": ["
                + list(question, "newcomers").stream()
                        .map(each -> answer.apply(each))
                        .collect(Collectors.joining(","))
                + "]}";
    }

    private void answerQuestion(HttpExchange exchange, String body) throws IOException {
        if (statusOfQuestions == 200) {
            TestService.answer(
                    exchange, 200, "application/json", wholeAnswer.isEmpty() ? body : wholeAnswer);
        } else {
            TestService.refuse(exchange, statusOfQuestions, "Title", "away");
        }
    }

    /// {@return the objects of a member}
    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> list(Map<String, Object> said, String name) {
        return (List<Map<String, Object>>) said.getOrDefault(name, List.of());
    }

    /// {@return all newcomers that were asked about}
    List<Map<String, Object>> newcomers() {
        return all(questions, "newcomers");
    }

    /// {@return all ends that were told}
    List<Map<String, Object>> ended() {
        return all(questions, "ended");
    }

    /// {@return all players that were told of}
    List<Map<String, Object>> present() {
        return all(presences, "present");
    }

    private static List<Map<String, Object>> all(List<Map<String, Object>> said, String name) {
        return List.copyOf(said).stream().flatMap(each -> list(each, name).stream()).toList();
    }

    static Map<String, Object> read(String text) {
        try (JsonParser json = new JsonFactory().createParser(text)) {
            json.nextToken();
            return object(json);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    private static Map<String, Object> object(JsonParser json) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            members.put(name, value(json));
        }
        return members;
    }

    private static Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> {
                List<Object> values = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    values.add(value(json));
                }
                yield values;
            }
            case VALUE_NUMBER_INT -> json.getLongValue();
            default -> json.getText();
        };
    }

    @Override
    public void close() {
        open.countDown();
        service.close();
    }
}
