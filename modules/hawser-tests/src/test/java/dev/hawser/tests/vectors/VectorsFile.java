package dev.hawser.tests.vectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// JSON as the files of vectors have it: a case a line, so that a change shows as the cases that it
/// concerns.
final class VectorsFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private VectorsFile() {}

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static ArrayNode array() {
        return JSON.createArrayNode();
    }

    static byte[] bytes(ObjectNode root) {
        StringBuilder text = new StringBuilder("{\n");
        String separator = "";
        for (Map.Entry<String, JsonNode> section : root.properties()) {
            text.append(separator).append(member(section.getKey(), section.getValue()));
            separator = ",\n";
        }
        return text.append("\n}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String member(String name, JsonNode value) {
        StringBuilder text = new StringBuilder("\"" + name + "\":");
        if (value.isArray()) {
            text.append(list(value));
        } else if (value.isObject()) {
            text.append("{\n");
            String separator = "";
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                text.append(separator).append(member(member.getKey(), member.getValue()));
                separator = ",\n";
            }
            text.append("\n}");
        } else {
            text.append(json(value));
        }
        return text.toString();
    }

    private static String list(JsonNode array) {
        StringBuilder text = new StringBuilder("[\n");
        String separator = "";
        for (JsonNode element : array) {
            text.append(separator).append(json(element));
            separator = ",\n";
        }
        return text.append("\n]").toString();
    }

    private static String json(JsonNode value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
