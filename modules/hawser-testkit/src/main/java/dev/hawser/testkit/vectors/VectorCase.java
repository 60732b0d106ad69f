package dev.hawser.testkit.vectors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.crypto.PacketKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// One object of a file of vectors: reads its fields and says which one is not what it should be,
/// and compares what was expected with what came out.
final class VectorCase {
    private static final int SHOWN_CHARS_MAX = 48;

    private final JsonNode node;

    private VectorCase(JsonNode node) {
        this.node = node;
    }

    static VectorCase of(JsonNode node) throws Mismatch {
        if (!node.isObject()) {
            throw new Mismatch("is no JSON object but " + shown(node));
        }
        return new VectorCase(node);
    }

    boolean has(String field) {
        return node.hasNonNull(field);
    }

    JsonNode field(String field) throws Mismatch {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            throw new Mismatch("has no '" + field + "'");
        }
        return value;
    }

    JsonNode array(String field) throws Mismatch {
        JsonNode value = field(field);
        if (!value.isArray()) {
            throw wrong(field, value, "an array");
        }
        return value;
    }

    String text(String field) throws Mismatch {
        JsonNode value = field(field);
        if (!value.isTextual()) {
            throw wrong(field, value, "a string");
        }
        return value.textValue();
    }

    boolean bool(String field) throws Mismatch {
        JsonNode value = field(field);
        if (!value.isBoolean()) {
            throw wrong(field, value, "true or false");
        }
        return value.booleanValue();
    }

    int int32(String field) throws Mismatch {
        JsonNode value = field(field);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(field, value, "a whole number of 32 bits");
        }
        return value.intValue();
    }

    /// Reads a `u32`, which the format writes as a JSON number.
    int u32(String field) throws Mismatch {
        JsonNode value = field(field);
        boolean fits =
                value.isIntegralNumber()
                        && value.canConvertToLong()
                        && value.longValue() >= 0
                        && value.longValue() < 1L << Integer.SIZE;
        if (!fits) {
            throw wrong(field, value, "a whole number from 0 to 4294967295");
        }
        return (int) value.longValue();
    }

    long u64(String field) throws Mismatch {
        return u64(field, field(field));
    }

    /// Reads a `u64`, which the format writes as a decimal string.
    static long u64(String name, JsonNode value) throws Mismatch {
        try {
            return Long.parseUnsignedLong(value.asText());
        } catch (NumberFormatException e) {
            throw wrong(name, value, "a decimal number of 64 bits, unsigned");
        }
    }

    double number(String field) throws Mismatch {
        JsonNode value = field(field);
        if (!value.isNumber()) {
            throw wrong(field, value, "a number");
        }
        return value.doubleValue();
    }

    /// Reads a time in seconds, as nanoseconds.
    long seconds(String field) throws Mismatch {
        JsonNode value = field(field);
        double seconds = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(seconds >= 0 && seconds < 1e9)) {
            throw wrong(field, value, "a time in seconds");
        }
        return Math.round(seconds * 1e9);
    }

    byte[] hex(String field, int bytesMin, int bytesMax) throws Mismatch {
        String text = text(field);
        byte[] bytes;
        try {
            bytes = HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            throw wrong(field, field(field), "hexadecimal digits, two for each byte");
        }
        if (bytes.length < bytesMin || bytes.length > bytesMax) {
            String limit = bytesMin == bytesMax ? "" + bytesMin : bytesMin + " to " + bytesMax;
            throw new Mismatch(
                    "'" + field + "' has " + bytes.length + " bytes, but should have " + limit);
        }
        return bytes;
    }

    byte[] hex(String field, int bytes) throws Mismatch {
        return hex(field, bytes, bytes);
    }

    PacketKey key(String field) throws Mismatch {
        return PacketKey.ofBytes(hex(field, PacketKey.BYTES));
    }

    List<NetAddress> addresses(String field, int max) throws Mismatch {
        JsonNode array = array(field);
        if (array.isEmpty() || array.size() > max) {
            throw new Mismatch(
                    "'" + field + "' lists " + array.size() + " addresses, but should 1 to " + max);
        }
        List<NetAddress> addresses = new ArrayList<>();
        for (JsonNode text : array) {
            try {
                addresses.add(NetAddress.parse(text.asText()));
            } catch (IllegalArgumentException e) {
                throw wrong(field, text, "an address");
            }
        }
        return addresses;
    }

    private static Mismatch wrong(String field, JsonNode value, String expected) {
        return new Mismatch("'" + field + "' is " + shown(value) + ", but should be " + expected);
    }

    private static String shown(JsonNode value) {
        return cut(value.toString());
    }

    private static String cut(String text) {
        return text.length() <= SHOWN_CHARS_MAX ? text : text.substring(0, SHOWN_CHARS_MAX) + "…";
    }

    /// Compares bytes that were made with those of the vectors.
    static void compare(String what, byte[] expected, byte[] actual) throws Mismatch {
        int at = Arrays.mismatch(expected, actual);
        if (at < 0) {
            return;
        }
        if (expected.length != actual.length) {
            throw new Mismatch(
                    what + " has " + actual.length + " bytes, but should have " + expected.length);
        }
        throw new Mismatch(
                String.format(
                        "%s differs at byte %d: %02x, but should be %02x",
                        what, at, actual[at], expected[at]));
    }

    static void compare(String what, Object expected, Object actual) throws Mismatch {
        if (!expected.equals(actual)) {
            throw new Mismatch(
                    what
                            + " is "
                            + cut(actual.toString())
                            + ", but should be "
                            + cut(expected.toString()));
        }
    }

    static void compareUnsigned(String what, long expected, long actual) throws Mismatch {
        compare(what, Long.toUnsignedString(expected), Long.toUnsignedString(actual));
    }
}
