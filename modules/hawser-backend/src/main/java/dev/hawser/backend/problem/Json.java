package dev.hawser.backend.problem;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.protocol.TokenTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The object in a request body, read member by member. What is missing, wrong or too much is a
/// [Problem] that names it.
public final class Json {
    /// Small numbers suffice: 64-bit ids are strings, since browsers round large numbers.
    private static final int NUMBER_LENGTH_MAX = 20;

    private static final int NESTING_MAX = 8;
    private static final int STRING_LENGTH_MAX = 8192;

    private static final ObjectMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(NESTING_MAX)
                                                    .maxNumberLength(NUMBER_LENGTH_MAX)
                                                    .maxStringLength(STRING_LENGTH_MAX)
                                                    .maxNameLength(64)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    // A log line stays a line, whatever a name holds.
                                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final ObjectNode object;
    private final Set<String> known = new HashSet<>();

    private Json(ObjectNode object) {
        this.object = object;
    }

    /// {@return an object to fill}
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    public static byte[] bytes(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JacksonException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// {@return the object that a body is}
    public static Json parse(byte[] body) {
        JsonNode node;
        try {
            node = MAPPER.readTree(body);
        } catch (IOException e) {
            // What the parser says may repeat the body.
            throw Problem.invalid(null, "The body is not one well-formed JSON object.");
        }
        if (node instanceof ObjectNode object) {
            return new Json(object);
        }
        throw Problem.invalid(null, "The body is not a JSON object.");
    }

    private @Nullable JsonNode member(String name) {
        known.add(name);
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? null : node;
    }

    private JsonNode needed(String name) {
        JsonNode node = member(name);
        if (node == null) {
            throw Problem.invalid(name, "The member '" + name + "' is missing.");
        }
        return node;
    }

    private static String text(String name, JsonNode node) {
        if (!node.isTextual()) {
            throw Problem.invalid(name, "The member '" + name + "' must be a string.");
        }
        return node.textValue();
    }

    public String text(String name) {
        return text(name, needed(name));
    }

    public String textOr(String name, String otherwise) {
        JsonNode node = member(name);
        return node == null ? otherwise : text(name, node);
    }

    public int number(String name) {
        JsonNode node = needed(name);
        if (!node.isInt()) {
            throw Problem.invalid(name, "The member '" + name + "' must be a whole number.");
        }
        return node.intValue();
    }

    public int numberOr(String name, int otherwise) {
        return member(name) == null ? otherwise : number(name);
    }

    public boolean truthOr(String name, boolean otherwise) {
        JsonNode node = member(name);
        if (node == null) {
            return otherwise;
        }
        if (!node.isBoolean()) {
            throw Problem.invalid(name, "The member '" + name + "' must be true or false.");
        }
        return node.booleanValue();
    }

    /// {@return 64 bits, which travel as the text of an unsigned decimal number}
    public long unsigned(String name) {
        return unsigned(name, needed(name));
    }

    public @Nullable Long unsignedOrNull(String name) {
        JsonNode node = member(name);
        return node == null ? null : unsigned(name, node);
    }

    private static long unsigned(String name, JsonNode node) {
        String text = text(name, node);
        // parseUnsignedLong takes a sign, and digits of every script.
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            try {
                return Long.parseUnsignedLong(text);
            } catch (NumberFormatException e) {
                // Too many digits.
            }
        }
        throw Problem.invalid(
                name,
                "The member '"
                        + name
                        + "' must be an unsigned 64-bit number, as a string of decimal digits.");
    }

    /// {@return the tag of a token; empty when it is not there}
    public Optional<TokenTag> tag(String name) {
        JsonNode node = member(name);
        if (node == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(TokenTag.parse(text(name, node)));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(name, "The member '" + name + "' must be 32 hexadecimal digits.");
        }
    }

    /// {@return the elements of an array of strings; none when it is not there}
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        elements(name).forEach(element -> texts.add(text(name, element)));
        return texts;
    }

    /// {@return the elements of an array of unsigned 64-bit numbers; none when it is not there}
    public Set<Long> unsignedSet(String name) {
        Set<Long> numbers = new HashSet<>();
        elements(name).forEach(element -> numbers.add(unsigned(name, element)));
        return numbers;
    }

    private Iterable<JsonNode> elements(String name) {
        JsonNode node = member(name);
        if (node == null) {
            return List.of();
        }
        if (!node.isArray()) {
            throw Problem.invalid(name, "The member '" + name + "' must be an array.");
        }
        return node;
    }

    /// Does nothing when every member has been asked for: what nobody reads is a typing error.
    public void checkNothingElse() {
        object.fieldNames()
                .forEachRemaining(name -> {
                    if (!known.contains(name)) {
                        throw Problem.invalid(
                                printable(name),
                                "There is no member of this name; there are "
                                        + known.stream().sorted().toList()
                                        + ".");
                    }
                });
    }

    /// {@return a name out of a request, fit to be said again}
    private static String printable(String name) {
        return name.replaceAll("[^ -~]", "?");
    }
}
