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

    /// Where the object stands in the body, as it begins the name of a member in a problem; empty
    /// for the body itself.
    private final String place;

    private Json(ObjectNode object, String place) {
        this.object = object;
        this.place = place;
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
            return new Json(object, "");
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
            throw missing(name);
        }
        return node;
    }

    /// {@return what to throw where a member is missing}
    public Problem missing(String name) {
        return wrong(name, "is missing.");
    }

    /// {@return what to throw where a member is wrong}
    ///
    /// @param what is wrong with it, behind its name
    public Problem wrong(String name, String what) {
        return Problem.invalid(place + name, "The member '" + place + name + "' " + what);
    }

    /// {@return whether a member is there}
    public boolean has(String name) {
        return member(name) != null;
    }

    private String text(String name, JsonNode node) {
        if (!node.isTextual()) {
            throw wrong(name, "must be a string.");
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
            throw wrong(name, "must be a whole number.");
        }
        return node.intValue();
    }

    /// {@return a number from 0 on that an int may not hold, as a time has it}
    public long count(String name) {
        JsonNode node = needed(name);
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw wrong(name, "must be a whole number that is not negative.");
        }
        return node.longValue();
    }

    public long countOr(String name, long otherwise) {
        return member(name) == null ? otherwise : count(name);
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
            throw wrong(name, "must be true or false.");
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

    private long unsigned(String name, JsonNode node) {
        String text = text(name, node);
        // parseUnsignedLong takes a sign, and digits of every script.
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            try {
                return Long.parseUnsignedLong(text);
            } catch (NumberFormatException e) {
                // Too many digits.
            }
        }
        throw wrong(name, "must be an unsigned 64-bit number, as a string of decimal digits.");
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
            throw wrong(name, "must be 32 hexadecimal digits.");
        }
    }

    /// {@return the elements of an array of strings; none when it is not there}
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        elements(name).forEach(element -> texts.add(text(name, element)));
        return texts;
    }

    /// {@return the elements of an array of strings; none when it is not there}
    ///
    /// @throws Problem when they are more than so many
    public List<String> texts(String name, int max) {
        checkSize(name, max);
        return texts(name);
    }

    /// {@return the elements of an array of objects; none when it is not there}
    ///
    /// @throws Problem when they are more than so many
    public List<Json> objects(String name, int max) {
        checkSize(name, max);
        List<Json> objects = new ArrayList<>();
        for (JsonNode element : elements(name)) {
            if (!(element instanceof ObjectNode each)) {
                throw wrong(name, "must be an array of objects.");
            }
            objects.add(new Json(each, place + name + "[" + objects.size() + "]."));
        }
        return objects;
    }

    private void checkSize(String name, int max) {
        JsonNode node = member(name);
        if (node != null && node.size() > max) {
            throw wrong(name, "must have at most " + max + " elements.");
        }
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
            throw wrong(name, "must be an array.");
        }
        return node;
    }

    /// Does nothing when every member has been asked for: what nobody reads is a typing error.
    public void checkNothingElse() {
        object.fieldNames()
                .forEachRemaining(name -> {
                    if (!known.contains(name)) {
                        throw Problem.invalid(
                                place + printable(name),
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
