package dev.hawser.online.http;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// One JSON object from elsewhere, member by member. Strict in form and bounded in everything; what
/// members mean, and which are ignored, the caller says.
///
/// Messages name the place and never repeat what stands there: it may be part of a token.
public final class Json {
    private static final int DEPTH_MAX = 8;
    private static final int NAME_CHARACTERS_MAX = 64;
    private static final int NUMBER_CHARACTERS_MAX = 32;
    private static final Pattern UNSIGNED = Pattern.compile("0|[1-9][0-9]{0,19}");

    /// Above what Kubernetes lets an object have, which is 1.5 MiB in its store and seldom 100 KiB.
    public static final int LARGE_BYTES_MAX = 2 << 20;

    /// Names of labels and annotations are ours to skip, and have up to 317 characters.
    private static final int LARGE_NAME_CHARACTERS_MAX = 512;

    private static final JsonFactory FACTORY =
            factory(Answer.COMMANDS_BYTES_MAX, Answer.BYTES_MAX, NAME_CHARACTERS_MAX);
    private static final JsonFactory LARGE =
            factory(LARGE_BYTES_MAX, LARGE_BYTES_MAX, LARGE_NAME_CHARACTERS_MAX);

    private static JsonFactory factory(
            int bytesMax, int stringCharactersMax, int nameCharactersMax) {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                // UTF-8 and nothing else, which detection would make of what looks like it.
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                // Names from elsewhere do not belong into tables of the process.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(
                        StreamReadConstraints.builder()
                                .maxDocumentLength(bytesMax)
                                .maxStringLength(stringCharactersMax)
                                .maxNestingDepth(DEPTH_MAX)
                                .maxNameLength(nameCharactersMax)
                                .maxNumberLength(NUMBER_CHARACTERS_MAX)
                                .build())
                .build();
    }

    private final JsonParser parser;

    private Json(JsonParser parser) {
        this.parser = parser;
    }

    /// Takes one member; what it does not read is skipped.
    @FunctionalInterface
    public interface Members {
        /// Takes the member of this name.
        void read(String name, Json value) throws IOException, BadAnswerException;
    }

    /// Reads an object that is all of the text.
    ///
    /// @throws BadAnswerException when it is no such thing
    static void readObject(byte[] utf8, int length, Members members) throws BadAnswerException {
        readObject(FACTORY, utf8, length, members);
    }

    /// Reads an object that is all of the text, and may be as large as one of Kubernetes.
    ///
    /// @throws BadAnswerException when it is no such thing
    public static void readLargeObject(byte[] utf8, int length, Members members)
            throws BadAnswerException {
        readObject(LARGE, utf8, length, members);
    }

    private static void readObject(JsonFactory factory, byte[] utf8, int length, Members members)
            throws BadAnswerException {
        try (JsonParser parser = factory.createParser(utf8, 0, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadAnswerException("its body is no JSON object");
            }
            Json json = new Json(parser);
            json.readMembers(members);
            if (parser.nextToken() != null) {
                throw new BadAnswerException("something follows the JSON object of its body");
            }
        } catch (JsonProcessingException e) {
            throw new BadAnswerException(
                    "its body is no JSON of the kind that is read here, from byte "
                            + byteOf(e)
                            + " of "
                            + length
                            + " on");
        } catch (IOException e) {
            throw new BadAnswerException("its body is no UTF-8");
        }
    }

    private static long byteOf(JsonProcessingException e) {
        return e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
    }

    private void readMembers(Members members) throws IOException, BadAnswerException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            members.read(name, this);
            parser.skipChildren();
        }
    }

    // ---- The value of a member

    /// {@return whether it is a string}
    public boolean isString() {
        return parser.currentToken() == JsonToken.VALUE_STRING;
    }

    /// {@return whether it is null, which some programs write for what is not there}
    public boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    /// {@return whether it is true}
    public boolean isTrue() {
        return parser.currentToken() == JsonToken.VALUE_TRUE;
    }

    /// Reads the members of an object.
    public void object(String name, Members members) throws IOException, BadAnswerException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new BadAnswerException("its " + name + " is no object");
        }
        readMembers(members);
    }

    /// {@return the text of a string}
    ///
    /// @param name of the member, for the message
    public String text(String name) throws IOException, BadAnswerException {
        if (!isString()) {
            throw new BadAnswerException("its " + name + " is no string");
        }
        return parser.getText();
    }

    /// {@return the bytes of a base64 string; the text is not made a string, which nobody could
    /// erase}
    public byte[] base64(String name) throws IOException, BadAnswerException {
        if (!isString()) {
            throw new BadAnswerException("its " + name + " is no string");
        }
        try {
            return parser.getBinaryValue(Base64Variants.MIME_NO_LINEFEEDS);
        } catch (JsonProcessingException e) {
            throw new BadAnswerException("its " + name + " is no base64");
        }
    }

    /// {@return 64 unsigned bits, written as a decimal string. A number is refused: what has passed
    /// through a program that keeps numbers as doubles may have become another one}
    public long unsigned64(String name) throws IOException, BadAnswerException {
        String text = text(name);
        if (UNSIGNED.matcher(text).matches()) {
            try {
                return Long.parseUnsignedLong(text);
            } catch (NumberFormatException e) {
                // Twenty digits, and more than 2^64 - 1.
            }
        }
        throw new BadAnswerException(
                "its " + name + " is no decimal string of a number from 0 to 2^64 - 1");
    }

    /// {@return an integer number in its range}
    public long number(String name, long max) throws IOException, BadAnswerException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            long number = parser.getLongValue();
            if (number >= 0 && number <= max) {
                return number;
            }
        }
        throw new BadAnswerException("its " + name + " is no integer from 0 to " + max);
    }

    /// {@return true or false}
    public boolean flag(String name) throws BadAnswerException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw new BadAnswerException("its " + name + " is neither true nor false");
        };
    }

    /// {@return what an array of objects holds}
    ///
    /// @param entries gives a new one for each object, which takes its members
    public <T extends Members> List<T> objects(String name, int countMax, Supplier<T> entries)
            throws IOException, BadAnswerException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new BadAnswerException("its " + name + " is no array");
        }
        List<T> objects = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String place = name + "[" + objects.size() + "]";
            if (objects.size() == countMax) {
                throw new BadAnswerException(
                        "its " + name + " has more than " + countMax + " entries");
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new BadAnswerException("its " + place + " is no object");
            }
            T entry = entries.get();
            readMembers(entry);
            objects.add(entry);
        }
        return objects;
    }

    /// {@return the texts of an array of strings}
    public List<String> texts(String name, int countMax) throws IOException, BadAnswerException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new BadAnswerException("its " + name + " is no array");
        }
        List<String> texts = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (texts.size() == countMax) {
                throw new BadAnswerException(
                        "its " + name + " has more than " + countMax + " entries");
            }
            texts.add(text(name + "[" + texts.size() + "]"));
        }
        return texts;
    }
}
