package dev.hawser.keys;

import dev.hawser.protocol.KeyRing;
import dev.hawser.protocol.PrivateKey;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What is in a key file, as [KeyRingFile] documents it.
///
/// Reading makes no string of a key: strings cannot be erased.
final class KeyFileText {
    private static final String HEADER = "hawser-keys";
    private static final String VERSION = "1";
    private static final String END = "end";
    private static final String UNKNOWN = "-";

    private static final Pattern HEADER_LINE = Pattern.compile(HEADER + " +(\\S{1,8})");
    private static final Pattern KEY_LINE =
            Pattern.compile("key +([0-9A-Fa-f]{16}) +(\\S{1,40}) +([0-9A-Fa-f]{64})");
    private static final Pattern IGNORED_LINE = Pattern.compile("(#.*)?");
    private static final Pattern BARE_KEY = Pattern.compile("\\s*([0-9A-Fa-f]{64})\\s*");

    private final char[] text;
    private final Matcher matcher;
    private final List<DatedKey> keys = new ArrayList<>();
    private int lineNumber;
    private boolean hasHeader;
    private boolean hasEnd;

    private KeyFileText(char[] text) {
        this.text = text;
        matcher = KEY_LINE.matcher(CharBuffer.wrap(text));
    }

    /// {@return the keys that are written here, newest first, 1 to [KeyRing#KEYS_MAX], each once}
    ///
    /// @throws MalformedException when anything is not as it should be; no key of it stays in
    ///   memory
    static List<DatedKey> parse(byte[] content) throws MalformedException {
        if (content.length == PrivateKey.BYTES && !isText(content)) {
            return List.of(new DatedKey(PrivateKey.ofBytes(content), null));
        }
        char[] text = new char[content.length];
        for (int i = 0; i < text.length; i++) {
            text[i] = (char) (content[i] & 0xff);
        }
        KeyFileText reader = new KeyFileText(text);
        boolean isDone = false;
        try {
            reader.parse();
            isDone = true;
        } finally {
            Arrays.fill(text, '\0');
            if (!isDone) {
                reader.keys.forEach(dated -> dated.key().erase());
            }
        }
        return List.copyOf(reader.keys);
    }

    /// What is left of a torn file must not become a key that everybody can guess. A key looks like
    /// text once in 10^13.
    private static boolean isText(byte[] content) {
        for (byte one : content) {
            if (one < ' ' && !Character.isWhitespace(one)) {
                return false;
            }
        }
        return true;
    }

    /// {@return the content of a key file with these keys, which the caller erases}
    static byte[] format(List<DatedKey> keys) {
        StringBuilder text = new StringBuilder();
        text.append(HEADER).append(' ').append(VERSION).append('\n');
        text.append("# Private keys, newest first. Whoever has one of them can make connect\n");
        text.append("# tokens: they belong on the backend and the game servers, nowhere else.\n");
        text.append("# key ID MADE-AT KEY\n");
        for (DatedKey dated : keys) {
            text.append("key ").append(dated.key().id()).append(' ');
            text.append(dated.madeAt() == null ? UNKNOWN : dated.madeAt()).append(' ');
            text.append(dated.key().toHex()).append('\n');
        }
        text.append(END).append('\n');
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private void parse() throws MalformedException {
        if (matches(BARE_KEY, 0, text.length)) {
            add(null, 1);
            return;
        }
        int start = 0;
        while (start < text.length) {
            int end = start;
            while (end < text.length && text[end] != '\n') {
                end++;
            }
            lineNumber++;
            parseLine(start, end);
            start = end + 1;
        }
        checkEnd();
    }

    private void parseLine(int start, int end) throws MalformedException {
        int stripped = end;
        while (stripped > start && Character.isWhitespace(text[stripped - 1])) {
            stripped--;
        }
        if (matches(IGNORED_LINE, start, stripped)) {
            return;
        }
        if (hasEnd) {
            throw malformed("there is something behind '" + END + "': two files in one?");
        }
        if (!hasHeader) {
            parseHeader(start, stripped);
        } else if (matches(KEY_LINE, start, stripped)) {
            parseKey();
        } else if (END.contentEquals(CharBuffer.wrap(text, start, stripped - start))) {
            hasEnd = true;
        } else {
            throw malformed("it is neither 'key ID MADE-AT KEY' nor '" + END + "' nor a comment");
        }
    }

    private void parseHeader(int start, int end) throws MalformedException {
        if (!matches(HEADER_LINE, start, end)) {
            throw malformed("it should be '" + HEADER + " " + VERSION + "'");
        }
        String version = matcher.group(1);
        if (!version.equals(VERSION)) {
            throw malformed(
                    "the format has a version that this program does not know (it knows "
                            + VERSION
                            + ")");
        }
        hasHeader = true;
    }

    private void parseKey() throws MalformedException {
        String id = matcher.group(1);
        String date = matcher.group(2);
        Instant madeAt = null;
        if (!date.equals(UNKNOWN)) {
            try {
                madeAt = Instant.parse(date);
            } catch (DateTimeParseException notADate) {
                throw malformed("the date should be as 2026-01-31T12:00:00Z, or " + UNKNOWN);
            }
        }
        PrivateKey key = add(madeAt, 3);
        if (!key.id().toString().equalsIgnoreCase(id)) {
            throw malformed("the key is not the one that the id names: one of them was changed");
        }
        boolean isTwice = keys.stream().filter(other -> other.key().sameAs(key)).count() > 1;
        if (isTwice) {
            throw malformed("this key stands above already");
        }
        if (keys.size() > KeyRing.KEYS_MAX) {
            throw malformed("there are more than " + KeyRing.KEYS_MAX + " keys: leave out the old");
        }
    }

    private PrivateKey add(@Nullable Instant madeAt, int group) {
        byte[] bytes = HexFormat.of().parseHex(text, matcher.start(group), matcher.end(group));
        PrivateKey key = PrivateKey.ofBytes(bytes);
        Arrays.fill(bytes, (byte) 0);
        keys.add(new DatedKey(key, madeAt));
        return key;
    }

    private void checkEnd() throws MalformedException {
        if (!hasHeader) {
            throw new MalformedException("it holds no key");
        }
        if (!hasEnd) {
            throw new MalformedException(
                    "the line '" + END + "' is missing: the file is torn, so copy it again");
        }
        if (keys.isEmpty()) {
            throw new MalformedException("it holds no key");
        }
    }

    private boolean matches(Pattern pattern, int start, int end) {
        return matcher.usePattern(pattern).region(start, end).matches();
    }

    private MalformedException malformed(String what) {
        return new MalformedException("line " + lineNumber + ": " + what);
    }

    /// What is wrong with a key file, without a word of what is in it.
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }
}
