package dev.hawser.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.Attempt;
import dev.hawser.DisconnectReason;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.StatedReason;
import dev.hawser.token.TokenFetchFailure;
import dev.hawser.transport.SendFailure;
import dev.hawser.transport.TransportFailure;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The manual's page on troubleshooting has an entry for each sentence that an explanation can say,
/// and none for a sentence that nobody says. What the browser's client says is compared with the
/// page by `browser/test/troubleshooting.test.ts`.
///
/// The sentences come from the reasons themselves: one of each type, with every combination of
/// values that make a difference. A reason that is new brings its sentences along.
class TroubleshootingTest {
    private static final String ANYTHING = "…";
    private static final String BY_BROWSER = "*Browser:* ";
    private static final Pattern BETWEEN_SENTENCES = Pattern.compile("(?<=[.!?]) (?=[A-Z])");
    private static final Pattern QUOTE = Pattern.compile("(?m)(?:^>.*\\n)+");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (.+?) \\| (.+?) \\|.*$");
    private static final Pattern CODE = Pattern.compile("`([A-Z_]+)`");

    private static final List<TransportFailure> FAILURES =
            Stream.of(TransportFailure.Kind.values())
                    .map(kind -> new TransportFailure(kind, true, wordsOf(kind)))
                    .toList();

    /// Values that make a difference, by the type of what a reason holds.
    private static final Map<String, List<?>> SAMPLES =
            Map.of(
                    "int",
                    List.of(0, 5),
                    "long",
                    List.of(0L, 3_000L),
                    "java.lang.String",
                    List.of("", "detail"),
                    "java.net.URI",
                    List.of(URI.create("https://play.example.org")),
                    Attempt.class.getName(),
                    attempts(),
                    StatedReason.class.getName(),
                    statedReasons(),
                    TransportFailure.class.getName(),
                    FAILURES,
                    "java.util.List<" + TransportFailure.class.getName() + ">",
                    Stream.concat(Stream.of(List.of(), FAILURES), FAILURES.stream().map(List::of))
                            .toList(),
                    "java.util.List<" + NetAddress.class.getName() + ">",
                    List.of(
                            List.of(),
                            List.of(
                                    NetAddress.parse("203.0.113.5:7777"),
                                    NetAddress.parse("[2001:db8::5]:7777"))));

    private final String page =
            Files.readString(Built.root().resolve("docs").resolve("troubleshooting.md"));

    TroubleshootingTest() throws IOException {}

    @Test
    void everySentenceOfAnExplanationHasAnEntry() {
        Set<String> sentences = sentences();
        assertThat(sentences).hasSizeGreaterThan(50);
        assertThat(unmatched(sentences, quotes(quote -> true)))
                .as("sentences without an entry in docs/troubleshooting.md: quote each there")
                .isEmpty();
    }

    @Test
    void everyEntryIsASentenceOfAnExplanation() {
        Set<String> sentences = sentences();
        List<String> quotes = quotes(quote -> !quote.startsWith(BY_BROWSER));
        assertThat(quotes).isNotEmpty();
        assertThat(quotes)
                .as("entries of docs/troubleshooting.md that no explanation says")
                .allMatch(quote -> sentences.stream().anyMatch(regex(quote).asMatchPredicate()));
    }

    @Test
    void everyKindOfReasonIsNamed() {
        assertThat(Stream.of(DisconnectReason.class, TokenFetchFailure.class))
                .flatMap(type -> List.of(type.getPermittedSubclasses()))
                .extracting(Class::getSimpleName)
                .allMatch(name -> page.contains("`" + name + "`"));
    }

    @Test
    void everyKindOfFailureOfATransportHasARow() {
        assertThat(codes(section("No server can be reached")))
                .containsExactlyInAnyOrderElementsOf(names(TransportFailure.Kind.values()));
    }

    @Test
    void everyReasonWhyNobodyGetsInHasARow() throws ReflectiveOperationException {
        Field reasons =
                Class.forName("dev.hawser.netcode.SilenceExplainer").getDeclaredField("REASONS");
        reasons.setAccessible(true);
        assertThat(codes(section("Nobody gets in")))
                .containsExactlyInAnyOrderElementsOf(names((Drop[]) reasons.get(null)));
    }

    @Test
    void whatAPlayerReadsHasARowAndNoOtherHas() {
        Set<String> said =
                reasons().map(DisconnectReason::playerMessage).collect(Collectors.toSet());
        Map<String, String> rows =
                ROW.matcher(section("What the player reads"))
                        .results()
                        .filter(row -> row.group(1).matches(".*[.…]"))
                        .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
        assertThat(unmatched(said, List.copyOf(rows.keySet())))
                .as("sentences for players without a row")
                .isEmpty();
        rows.entrySet().removeIf(row -> row.getValue().endsWith(", in a browser"));
        assertThat(rows.keySet())
                .as("rows that no player reads")
                .allMatch(row -> said.stream().anyMatch(regex(row).asMatchPredicate()));
    }

    // ---- The page

    /// {@return the paragraphs of the quotes of the page, each on one line}
    private List<String> quotes(Predicate<String> isWanted) {
        return QUOTE.matcher(page)
                .results()
                .flatMap(quote -> Stream.of(quote.group().split("(?m)^>\\n", -1)))
                .map(paragraph -> paragraph.replaceAll("(?m)^> ", "").replace('\n', ' ').strip())
                .filter(isWanted)
                .toList();
    }

    /// {@return what stands under a heading}
    private String section(String heading) {
        String[] parts = page.split("(?m)^#+ " + Pattern.quote(heading) + "$", -1);
        assertThat(parts).as("one heading '%s'", heading).hasSize(2);
        return parts[1].split("(?m)^#", 2)[0];
    }

    /// {@return the words in capitals of the first column of its table}
    private static List<String> codes(String section) {
        return ROW.matcher(section)
                .results()
                .flatMap(row -> CODE.matcher(row.group(1)).results())
                .map(code -> code.group(1))
                .toList();
    }

    private static List<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Enum::name).toList();
    }

    private static List<String> unmatched(Set<String> sentences, List<String> quotes) {
        List<Pattern> patterns =
                quotes.stream()
                        .map(quote -> quote.replace(BY_BROWSER, ""))
                        .map(TroubleshootingTest::regex)
                        .toList();
        return sentences.stream()
                .filter(one -> patterns.stream().noneMatch(each -> each.matcher(one).matches()))
                .toList();
    }

    private static Pattern regex(String quote) {
        return Pattern.compile(
                Stream.of(quote.split(ANYTHING, -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")));
    }

    // ---- The sentences

    /// {@return all that explanations say, but what a transport has put in its own words}
    private static Set<String> sentences() {
        Set<String> transports =
                FAILURES.stream()
                        .map(failure -> "W" + failure.text().substring(1) + ".")
                        .collect(Collectors.toSet());
        Set<String> sentences =
                reasons()
                        .flatMap(reason -> BETWEEN_SENTENCES.splitAsStream(reason.explanation()))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(sentences).containsAll(transports);
        sentences.removeAll(transports);
        return sentences;
    }

    private static String wordsOf(TransportFailure.Kind kind) {
        return "words of a transport about " + kind;
    }

    private static Stream<DisconnectReason> reasons() {
        return samples(DisconnectReason.class).stream().map(DisconnectReason.class::cast);
    }

    private static List<?> samples(Type type) {
        List<?> known = SAMPLES.get(type.getTypeName());
        if (known != null) {
            return known;
        }
        assertThat(type)
                .as("a type that has samples here, a record or sealed")
                .isInstanceOf(Class.class);
        Class<?> named = (Class<?>) type;
        if (named.isSealed()) {
            return Stream.of(named.getPermittedSubclasses())
                    .flatMap(each -> samples(each).stream())
                    .toList();
        }
        assertThat(named.isRecord()).as("%s has samples here, or is a record", named).isTrue();
        return combinations(named);
    }

    /// {@return records of a type, with every combination of samples}
    private static List<Object> combinations(Class<?> record) {
        List<List<Object>> all = List.of(List.of());
        for (RecordComponent component : record.getRecordComponents()) {
            List<?> values = samples(component.getGenericType());
            all =
                    all.stream()
                            .flatMap(before -> values.stream().map(value -> append(before, value)))
                            .toList();
        }
        Class<?>[] types =
                Stream.of(record.getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new);
        return all.stream().map(values -> make(record, types, values)).toList();
    }

    private static List<Object> append(List<Object> before, Object value) {
        List<Object> longer = new ArrayList<>(before);
        longer.add(value);
        return longer;
    }

    private static Object make(Class<?> record, Class<?>[] types, List<Object> values) {
        try {
            Constructor<?> canonical = record.getDeclaredConstructor(types);
            return canonical.newInstance(values.toArray());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Attempt> attempts() {
        Function<SendFailure, Map<SendFailure, Long>> once = failure -> Map.of(failure, 3L);
        return Stream.concat(
                        Stream.of(
                                Attempt.UNKNOWN,
                                new Attempt(9, once.apply(SendFailure.OTHER), "Some error", 0),
                                new Attempt(9, Map.of(), "", 2)),
                        Stream.of(SendFailure.values())
                                .map(each -> new Attempt(0, once.apply(each), "Some error", 0)))
                .toList();
    }

    /// {@return each code of Hawser's and one of a game's, with and without a text and a time}
    private static List<StatedReason> statedReasons() {
        return IntStream.concat(
                        IntStream.rangeClosed(0, StatedReason.KICKED),
                        IntStream.of(StatedReason.APPLICATION_MIN))
                .boxed()
                .flatMap(code ->
                        Stream.of(
                                new StatedReason(code, 0, ""),
                                new StatedReason(code, 30, "their words")))
                .toList();
    }
}
