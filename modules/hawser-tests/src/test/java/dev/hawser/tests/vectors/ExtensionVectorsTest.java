package dev.hawser.tests.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.protocol.wire.PacketType;
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
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// docs/extension.md "Vectors": they are what our machines do, and each section of the verification
/// can fail. `browser/test/extension.test.ts` verifies the same file.
class ExtensionVectorsTest {
    private static final String NAME = "hawser-extension-1.json";
    private static final String RESOURCE = "dev/hawser/testkit/vectors/" + NAME;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theyAreWhatOurMachinesDo() throws IOException {
        ObjectNode root = VectorsFile.object();
        root.put("version", "HAWSER EXTENSION 1").put("reference", "Hawser");
        ExtensionCases cases = new ExtensionCases();
        root.set("extensionBlocks", cases.blocks());
        root.set("pathNames", cases.pathNames());
        root.set("packets", cases.packets());
        root.set("readVerdicts", cases.readVerdicts());
        root.set("pings", cases.pings());
        root.set("session", new ExtensionRecording().record());
        byte[] made = VectorsFile.bytes(root);
        Path file = Files.createDirectories(Path.of("target", "vectors")).resolve(NAME);
        Files.write(file, made);

        assertThat(firstDifference(made, shipped()))
                .as(
                        "what differs first in %s, made anew; if the change is meant, run:"
                                + " cp modules/hawser-tests/%s %s",
                        NAME, file, "modules/hawser-testkit/src/main/resources/" + RESOURCE)
                .isEmpty();
    }

    /// {@return the first line of these bytes that the others do not have; empty where there is
    /// none}
    private static String firstDifference(byte[] made, byte[] others) {
        int at = Arrays.mismatch(made, others);
        if (at < 0) {
            return "";
        }
        String text = new String(made, StandardCharsets.UTF_8);
        int start = text.lastIndexOf('\n', Math.max(0, at - 1)) + 1;
        int end = text.indexOf('\n', at);
        return "line "
                + (text.substring(0, start).lines().count() + 1)
                + ": "
                + text.substring(start, end < 0 ? text.length() : end);
    }

    @Test
    void everyCasePasses() {
        ConformanceReport report = Conformance.verify(Vectors.extension());

        assertThat(report.sections()).flatExtracting(Section::failures).isEmpty();
        assertThat(report.sections())
                .extracting(Section::name)
                .containsExactly(
                        "extensionBlocks",
                        "pathNames",
                        "packets",
                        "readVerdicts",
                        "pings",
                        "session.packets",
                        "session.clientStates",
                        "session.moves");
        assertThat(report.missing()).isEmpty();
        assertThat(report.unknown()).isEmpty();
        assertThat(report.hasPassed()).isTrue();
    }

    @Test
    void theyHoldWhatTheyAreFor() throws IOException {
        JsonNode root = JSON.readTree(shipped());
        Set<String> verdicts = new TreeSet<>();
        root.get("readVerdicts").forEach(vector -> verdicts.add(vector.get("verdict").asText()));
        assertThat(verdicts)
                .containsExactly(
                        "ALREADY_RECEIVED",
                        "NONE",
                        "NOT_AUTHENTIC",
                        "WRONG_PREFIX",
                        "WRONG_SIZE",
                        "WRONG_TYPE");
        Set<PacketType> seen = EnumSet.noneOf(PacketType.class);
        for (JsonNode packet : root.get("session").get("packets")) {
            byte[] bytes = HexFormat.of().parseHex(packet.get("bytes").asText());
            seen.add(PacketType.of(bytes[0] & 0xf));
        }
        Set<PacketType> unseen = EnumSet.complementOf(EnumSet.copyOf(seen));
        assertThat(unseen).containsExactly(PacketType.CONNECTION_DENIED, PacketType.DISCONNECT);
        assertThat(root.get("session").get("moves")).hasSize(2);
        JsonNode states = root.get("session").get("clientStates");
        assertThat(states.get(states.size() - 1).get("isForgotten").asBoolean()).isTrue();
    }

    @ParameterizedTest(name = "{0}[{1}].{2}")
    @CsvSource({
        "extensionBlocks, 0, flags",
        "extensionBlocks, 3, bytes",
        "pathNames, 0, privateKey",
        "pathNames, 1, r",
        "pathNames, 2, pathId",
        "pathNames, 3, resetWord",
        "pathNames, 8, identity",
        "packets, 0, code",
        "packets, 1, retryAfterSeconds",
        "packets, 2, resetWord",
        "packets, 2, maxClients",
        "packets, 3, pathId",
        "packets, 4, answer",
        "packets, 7, challenge",
        "packets, 8, heldMicros",
        "packets, 8, receivedSequence",
        "packets, 8, sequence",
        "packets, 9, bytes",
        "packets, 63, resetWord",
        "readVerdicts, 1, bytes",
        "readVerdicts, 1, extensions",
        "readVerdicts, 1, verdict",
        "readVerdicts, 1, body",
        "session, packets, bytes",
        "session, packets, time",
        "session, clientStates, state",
        "session, moves, to",
    })
    void aCaseFailsWhenOneOfItsFieldsIsAnother(String section, String place, String field)
            throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(shipped());
        boolean isSession = section.equals("session");
        ArrayNode cases =
                (ArrayNode) (isSession ? root.get(section).get(place) : root.get(section));
        int index = isSession ? lastAlone(cases) : Integer.parseInt(place);
        alter((ObjectNode) cases.get(index), field);

        ConformanceReport report = Conformance.verify(Vectors.parse(JSON.writeValueAsBytes(root)));

        Map<String, List<Integer>> failures = new TreeMap<>();
        report.sections().stream()
                .filter(each -> !each.failures().isEmpty())
                .forEach(each ->
                        failures.put(
                                each.name(),
                                each.failures().stream().map(Failure::index).toList()));
        assertThat(failures)
                .containsOnlyKeys(isSession ? section + "." + place : section)
                .containsValue(List.of(index));
    }

    /// {@return the last case with which nothing else changes: no packet that is received}
    private static int lastAlone(ArrayNode cases) {
        int index = cases.size() - 1;
        while (cases.get(index).has("arrives")) {
            index--;
        }
        return index;
    }

    @Test
    void aStepOfARunOfPingsFails() throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(shipped());
        ObjectNode step = (ObjectNode) root.get("pings").get(1).get(8);
        step.put("outboundLoss", step.get("outboundLoss").asDouble() + 1e-9);

        ConformanceReport report = Conformance.verify(Vectors.parse(JSON.writeValueAsBytes(root)));

        assertThat(report.sections())
                .flatExtracting(Section::failures)
                .singleElement()
                .extracting(Failure::index)
                .isEqualTo(1);
    }

    @Test
    void whateverStandsInTheFileIsAFailureAndNotAFault() throws IOException {
        for (String json : List.of("null", "-1", "1e99", "\"zz\"", "[]", "{}", "[{}]", "[[]]")) {
            JsonNode value = JSON.readTree(json);
            for (String section : List.of("extensionBlocks", "pathNames", "packets", "pings")) {
                ObjectNode root = only(section);
                ObjectNode vector =
                        (ObjectNode)
                                (section.equals("pings")
                                        ? root.get(section).get(1).get(0)
                                        : root.get(section).get(0));
                vector.fieldNames()
                        .forEachRemaining(field -> {
                            JsonNode before = vector.get(field);
                            vector.set(field, value);
                            assertNoFault(root);
                            vector.set(field, before);
                        });
            }
            ObjectNode root = only("session");
            ObjectNode session = (ObjectNode) root.get("session");
            session.fieldNames()
                    .forEachRemaining(field -> {
                        JsonNode before = session.get(field);
                        session.set(field, value);
                        assertNoFault(root);
                        session.set(field, before);
                    });
            for (String list : List.of("serverStarts", "actions", "packets", "moves")) {
                ObjectNode vector = (ObjectNode) session.get(list).get(1);
                vector.fieldNames()
                        .forEachRemaining(field -> {
                            JsonNode before = vector.get(field);
                            vector.set(field, value);
                            assertNoFault(root);
                            vector.set(field, before);
                        });
            }
        }
    }

    private static ObjectNode only(String section) throws IOException {
        ObjectNode root = JSON.createObjectNode().put("version", "HAWSER EXTENSION 1");
        root.set(section, JSON.readTree(shipped()).get(section));
        return root;
    }

    private static void assertNoFault(ObjectNode root) {
        ConformanceReport report;
        try {
            report = Conformance.verify(Vectors.parse(JSON.writeValueAsBytes(root)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(report.sections())
                .flatExtracting(Section::failures)
                .extracting(Failure::difference)
                .noneMatch(difference -> difference.contains("could not be verified"));
    }

    private static void alter(ObjectNode vector, String field) {
        JsonNode value = vector.get(field);
        if (value.isNumber()) {
            vector.put(field, value.longValue() + 1);
        } else if (value.isArray()) {
            ((ArrayNode) value).set(0, altered(value.get(0).asText()));
        } else {
            vector.put(field, altered(value.asText()));
        }
    }

    private static String altered(String text) {
        char last = text.charAt(text.length() - 1);
        return text.substring(0, text.length() - 1) + (last == '1' ? '2' : '1');
    }

    private static byte[] shipped() throws IOException {
        try (InputStream json = Vectors.class.getResourceAsStream(NAME)) {
            return json == null ? new byte[0] : json.readAllBytes();
        }
    }
}
