package dev.hawser.online.http;

import org.jspecify.annotations.Nullable;

/// Text that came from elsewhere, made fit for a log and a player's screen.
public final class RemoteText {
    private static final String CUT = "…";

    private RemoteText() {}

    /// {@return the text on one line, without what steers a terminal or turns the direction of
    /// writing, and cut to a length}
    ///
    /// @param charactersMax of the result, in code points; 1 or more
    /// @param secret that must not show; a text that repeats it is dropped as a whole. Empty for
    ///   none
    public static String clean(@Nullable String text, int charactersMax, String secret) {
        if (text == null || (!secret.isEmpty() && text.contains(secret))) {
            return "";
        }
        StringBuilder clean = new StringBuilder();
        int characters = 0;
        boolean isGap = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int character = text.codePointAt(i);
            if (!isPrintable(character)) {
                isGap = !clean.isEmpty();
                continue;
            }
            int needed = isGap ? 2 : 1;
            if (characters + needed > charactersMax) {
                int kept = Math.min(characters, charactersMax - 1);
                clean.setLength(clean.offsetByCodePoints(0, kept));
                return clean.append(CUT).toString();
            }
            if (isGap) {
                clean.append(' ');
            }
            clean.appendCodePoint(character);
            characters += needed;
            isGap = false;
        }
        return clean.toString();
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
