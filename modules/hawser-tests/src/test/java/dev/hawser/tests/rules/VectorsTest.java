package dev.hawser.tests.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.hawser.testkit.vectors.Conformance;
import dev.hawser.testkit.vectors.ConformanceReport;
import dev.hawser.testkit.vectors.ConformanceReport.Failure;
import dev.hawser.testkit.vectors.ConformanceReport.Section;
import dev.hawser.testkit.vectors.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Vectors": what the reference implementation made, case by case, and that each
/// section of the verification can fail.
class VectorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode STANDARD = readStandard();

    private static JsonNode readStandard() {
        try {
            return JSON.readTree(standardBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyCaseOfTheReferenceImplementationPasses() {
        ConformanceReport report = Conformance.verify(Vectors.standard());

        assertThat(report.sections())
                .extracting(Section::toString)
                .containsExactly(
                        "connectTokens 8/8",
                        "challengeTokens 10/10",
                        "packets 144/144",
                        "readVerdicts 320/320",
                        "replayWindows 6/6",
                        "addresses 34/34",
                        "session.packets 74/74",
                        "session.clientStates 4/4",
                        "session.answers 2/2");
        assertThat(report.sections()).flatExtracting(Section::failures).isEmpty();
        assertThat(report.missing()).isEmpty();
        assertThat(report.unknown()).isEmpty();
        assertThat(report.hasPassed()).isTrue();
    }

    @Test
    void vectorsAreReadFromAFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("vectors.json");
        Files.write(file, standardBytes());

        assertThat(Conformance.verify(Vectors.read(file)).hasPassed()).isTrue();
    }

    @ParameterizedTest(name = "{0}[{1}].{2}")
    @CsvSource({
        "connectTokens, 0, clientId",
        "connectTokens, 1, timeoutSeconds",
        "connectTokens, 2, protocolId",
        "connectTokens, 3, createTimestamp",
        "connectTokens, 4, expireTimestamp",
        "connectTokens, 5, privateKey",
        "connectTokens, 6, nonce",
        "connectTokens, 7, publicAddresses",
        "connectTokens, 0, internalAddresses",
        "connectTokens, 1, clientToServerKey",
        "connectTokens, 2, serverToClientKey",
        "connectTokens, 3, userData",
        "connectTokens, 4, privatePlain",
        "connectTokens, 5, privateEncrypted",
        "connectTokens, 6, token",
        "challengeTokens, 9, clientId",
        "challengeTokens, 8, userData",
        "challengeTokens, 7, sequence",
        "challengeTokens, 6, key",
        "challengeTokens, 5, encrypted",
        "packets, 0, bytes",
        "packets, 1, sequence",
        "packets, 2, protocolId",
        "packets, 3, key",
        "packets, 143, type",
        "readVerdicts, 1, bytes",
        "readVerdicts, 1, accepted",
        "readVerdicts, 0, accepted",
        "readVerdicts, 1, type",
        "readVerdicts, 1, sequence",
        "addresses, 0, text",
        "addresses, 1, canonical",
        "addresses, 4, parsed",
    })
    void aCaseFailsWhenOneOfItsFieldsIsAnother(String section, int index, String field)
            throws IOException {
        ObjectNode root = only(section);
        alter((ObjectNode) root.get(section).get(index), field);

        ConformanceReport report = verify(root);

        assertThat(failures(report))
                .as("failures by section")
                .containsOnlyKeys(section)
                .containsEntry(section, List.of(index));
    }

    @ParameterizedTest
    @ValueSource(strings = {"payload", "clientIndex", "maxClients", "challengeSequence"})
    void aPacketFailsWhenItsContentIsAnother(String field) throws IOException {
        ObjectNode root = only("packets");
        int index = 0;
        while (!root.get("packets").get(index).has(field)) {
            index++;
        }
        alter((ObjectNode) root.get("packets").get(index), field);

        assertThat(failures(verify(root))).isEqualTo(Map.of("packets", List.of(index)));
    }

    @Test
    void aReplayWindowFailsAtTheStepThatDiffers() throws IOException {
        ObjectNode root = only("replayWindows");
        ArrayNode step = (ArrayNode) root.get("replayWindows").get(4).get(217);
        step.set(1, JSON.getNodeFactory().booleanNode(!step.get(1).booleanValue()));

        ConformanceReport report = verify(root);

        assertThat(failures(report)).isEqualTo(Map.of("replayWindows", List.of(4)));
        assertThat(report.sections())
                .flatExtracting(Section::failures)
                .first()
                .asString()
                .contains("step 217");
    }

    @Test
    void everyPacketOfTheSessionFailsWhenOneOfItsBytesIsAnother() throws IOException {
        int packets = STANDARD.get("session").get("packets").size();
        for (int i = 0; i < packets; i++) {
            ObjectNode root = only("session");
            alter((ObjectNode) root.get("session").get("packets").get(i), "bytes");

            assertThat(failures(verify(root)).get("session.packets"))
                    .as("packet %d of the session", i)
                    .contains(i);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aStateOfTheSessionFailsWhenItIsAnother(int index) throws IOException {
        ObjectNode root = only("session");
        ((ObjectNode) root.get("session").get("clientStates").get(index)).put("state", -4);

        assertThat(failures(verify(root)))
                .isEqualTo(Map.of("session.clientStates", List.of(index)));
    }

    @Test
    void aStateOfTheSessionFailsWhenItComesTooEarly() throws IOException {
        ObjectNode root = only("session");
        ((ObjectNode) root.get("session").get("clientStates").get(2)).put("time", 0.2);

        assertThat(failures(verify(root))).isEqualTo(Map.of("session.clientStates", List.of(2)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"challengeKey", "maxClients"})
    void theAnswersOfTheServerFailWhenItIsSetUpDifferently(String field) throws IOException {
        ObjectNode root = only("session");
        alter((ObjectNode) root.get("session"), field);

        assertThat(failures(verify(root)).get("session.answers")).contains(1);
    }

    @Test
    void theAnswersOfTheClientFailWhenItsRecordedDisconnectsAreFewer() throws IOException {
        ObjectNode root = only("session");
        ArrayNode packets = (ArrayNode) root.get("session").get("packets");
        packets.remove(packets.size() - 1);

        assertThat(failures(verify(root))).isEqualTo(Map.of("session.answers", List.of(0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"token", "privateKey", "clientId", "protocolId", "userData"})
    void aSessionFailsAsAWholeWhenItsTokenIsAnother(String field) throws IOException {
        ObjectNode root = only("session");
        ObjectNode session = (ObjectNode) root.get("session");
        String text = session.get(field).asText();
        session.put(field, field.equals("token") ? "00" + text.substring(2) : altered(text));

        assertThat(failures(verify(root)))
                .isEqualTo(Map.of("session", List.of(Failure.WHOLE_SECTION)));
    }

    // ---- Files of other people

    @Test
    void sectionsThatAFileDoesNotHaveAreNamedAndFailNothing() throws IOException {
        ObjectNode root = only("addresses");

        ConformanceReport report = verify(root);

        assertThat(report.hasPassed()).isTrue();
        assertThat(report.sections())
                .extracting(Section::toString)
                .containsExactly("addresses 34/34");
        assertThat(report.missing())
                .containsExactly(
                        "connectTokens",
                        "challengeTokens",
                        "packets",
                        "readVerdicts",
                        "replayWindows",
                        "session");
    }

    @Test
    void sectionsThatAreNotOfTheFormatAreNamed() throws IOException {
        ObjectNode root = standard();
        root.set("webTransport", JSON.createArrayNode());

        assertThat(verify(root).unknown()).containsExactly("webTransport");
    }

    @Test
    void aFileWithNothingToVerifyHasNotPassed() throws IOException {
        assertThat(verify(JSON.createObjectNode()).hasPassed()).isFalse();
        assertThat(Conformance.verify(vectors("{\"packets\": []}")).hasPassed()).isFalse();
    }

    @Test
    void aFileOfAnotherVersionHasNotPassed() throws IOException {
        ObjectNode root = standard();
        root.put("version", "NETCODE 1.03");

        assertThat(failures(verify(root)))
                .isEqualTo(Map.of("version", List.of(Failure.WHOLE_SECTION)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connectTokens",
                "challengeTokens",
                "packets",
                "readVerdicts",
                "replayWindows",
                "addresses",
                "session"
            })
    void whateverStandsInASectionIsAFailureThatNamesTheCase(String section) throws IOException {
        for (String junk :
                List.of("null", "1", "\"x\"", "{}", "[]", "[1]", "[[]]", "[[[]]]", "[{}]")) {
            ObjectNode root = JSON.createObjectNode();
            root.set(section, JSON.readTree(junk));

            ConformanceReport report = verify(root);

            assertThat(report.hasPassed())
                    .as("%s: %s", section, junk)
                    .isEqualTo(isValid(section, junk));
            assertThat(report.sections()).as("%s: %s", section, junk).isNotEmpty();
        }
    }

    /// A run of no steps is a run.
    private static boolean isValid(String section, String junk) {
        return section.equals("replayWindows") && junk.equals("[[]]");
    }

    @Test
    void whateverStandsInAFieldIsAFailureThatNamesTheCase() throws IOException {
        List<JsonNode> junk = new ArrayList<>();
        for (String json :
                List.of(
                        "null",
                        "-1",
                        "1.5",
                        "1e99",
                        "\"\"",
                        "\"zz\"",
                        "\"00\"",
                        "true",
                        "[]",
                        "{}",
                        "[[]]",
                        "[{}]",
                        "99999999999999999999999")) {
            junk.add(JSON.readTree(json));
        }
        junk.add(TextNode.valueOf("00".repeat(5000)));
        for (String section :
                List.of(
                        "connectTokens",
                        "challengeTokens",
                        "packets",
                        "readVerdicts",
                        "addresses")) {
            for (String field : fields(STANDARD.get(section).get(0))) {
                for (JsonNode value : junk) {
                    ObjectNode root = JSON.createObjectNode();
                    ObjectNode vector = STANDARD.get(section).get(0).deepCopy();
                    vector.set(field, value);
                    root.set(section, JSON.createArrayNode().add(vector));

                    ConformanceReport report = verify(root);

                    assertThat(report.sections()).as("%s.%s: %s", section, field, value).hasSize(1);
                    assertNoProgramFailure(report);
                }
            }
        }
    }

    @Test
    void whateverStandsInTheSessionIsAFailureThatNamesTheCase() throws IOException {
        for (String json : List.of("null", "-1", "1e99", "\"zz\"", "[]", "{}", "[{}]", "[[]]")) {
            JsonNode value = JSON.readTree(json);
            for (String field : fields(STANDARD.get("session"))) {
                ObjectNode root = only("session");
                ((ObjectNode) root.get("session")).set(field, value);
                assertNoProgramFailure(verify(root));
            }
            for (String list : List.of("packets", "clientStates")) {
                for (String field : fields(STANDARD.get("session").get(list).get(3))) {
                    ObjectNode root = only("session");
                    ((ObjectNode) root.get("session").get(list).get(3)).set(field, value);

                    ConformanceReport report = verify(root);

                    assertNoProgramFailure(report);
                    assertThat(failures(report).get("session." + list)).contains(3);
                }
            }
        }
    }

    @Test
    void aFileThatIsNotJsonSaysWhere() {
        assertThatThrownBy(() -> vectors("{\"packets\": [\n{\"type\": }"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> vectors("")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> vectors("[1]")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> vectors("{} {}")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> vectors("[".repeat(100_000))).isInstanceOf(IOException.class);
    }

    @Test
    void whatAFileSaysCannotSteerATerminal() throws IOException {
        String json =
                "{\"addresses\": [{\"text\": \"1.2.3.4\", \"parsed\": true, \"canonical\": \"\\u001b[2J\"}]}";

        ConformanceReport report = Conformance.verify(vectors(json));

        assertThat(report.sections().getFirst().failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.difference()).doesNotContain("\u001b"));
    }

    // ---- Helpers

    /// A copy, to be changed.
    private static ObjectNode standard() throws IOException {
        return (ObjectNode) STANDARD.deepCopy();
    }

    private static ObjectNode only(String section) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.set(section, STANDARD.get(section).deepCopy());
        return root;
    }

    private static byte[] standardBytes() throws IOException {
        try (InputStream json = Vectors.class.getResourceAsStream("netcode-1.02.json")) {
            return json.readAllBytes();
        }
    }

    private static ConformanceReport verify(ObjectNode root) throws IOException {
        return Conformance.verify(Vectors.parse(JSON.writeValueAsBytes(root)));
    }

    private static Vectors vectors(String json) throws IOException {
        return Vectors.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, List<Integer>> failures(ConformanceReport report) {
        Map<String, List<Integer>> failures = new TreeMap<>();
        for (Section section : report.sections()) {
            if (!section.failures().isEmpty()) {
                failures.put(
                        section.name(), section.failures().stream().map(Failure::index).toList());
            }
        }
        return failures;
    }

    private static void assertNoProgramFailure(ConformanceReport report) {
        assertThat(report.sections())
                .flatExtracting(Section::failures)
                .noneSatisfy(failure ->
                        assertThat(failure.difference()).contains("could not be verified"));
    }

    private static List<String> fields(JsonNode vector) {
        List<String> fields = new ArrayList<>();
        vector.fieldNames().forEachRemaining(fields::add);
        fields.remove("mutation");
        return fields;
    }

    /// Changes the value of a field as little as its kind allows.
    private static void alter(ObjectNode vector, String field) {
        JsonNode value = vector.get(field);
        if (value.isBoolean()) {
            vector.put(field, !value.booleanValue());
        } else if (value.isNumber()) {
            vector.put(field, value.intValue() + 1);
        } else if (value.isArray()) {
            ((ArrayNode) value).set(0, TextNode.valueOf(altered(value.get(0).asText())));
        } else {
            vector.put(field, altered(value.asText()));
        }
    }

    /// Another last digit: of a number, of an address, of the last byte.
    private static String altered(String text) {
        char last = text.charAt(text.length() - 1);
        return text.substring(0, text.length() - 1) + (last == '1' ? '2' : '1');
    }
}
