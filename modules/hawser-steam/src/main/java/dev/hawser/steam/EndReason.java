package dev.hawser.steam;

import dev.hawser.protocol.StatedReason;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Why a connection ended, as it travels through Steam: a code of `ESteamNetConnectionEnd` and a
/// text. An application has the codes from 1000 to 2999, of which Steam's statistics count those
/// from 2000 as trouble.
///
/// | what is stated | code of Steam |
/// | --- | --- |
/// | 0 to 499, Hawser's own | 1000 to 1499 |
/// | 1000 to 1499, the game's | 1500 to 1999 |
/// | others | 2000 |
///
/// What the code alone does not say stands before the text: `[1002 30] too loud` has the stated
/// code and the seconds after which to try again. Where nothing is stated the text says that: Steam
/// would put one of its own where there is none.
///
/// @param code 1000 to 2999 where an application has ended it, and more where Steam has
/// @param text at most 127 bytes of UTF-8
record EndReason(int code, String text) {
    /// The largest text, without the zero at its end.
    static final int TEXT_BYTES_MAX = 127;

    private static final int CODE_MIN = 1000;
    private static final int GAME_MIN = 1500;
    private static final int OTHERS = 2000;
    private static final int CODE_MAX = 2999;

    /// How many codes each of the two ranges has.
    private static final int RANGE = 500;

    // ESteamNetConnectionEnd
    private static final int REMOTE_TIMEOUT = 4001;
    private static final int MISC_TIMEOUT = 5003;
    private static final int PEER_SENT_NO_CONNECTION = 5010;

    /// Read by people whose game is not Hawser's.
    private static final String NOTHING_STATED = "no reason given";

    private static final Pattern PREFIXED =
            Pattern.compile("\\[(\\d{1,5}) (\\d{1,5})] ?(.*)", Pattern.DOTALL);

    static EndReason of(StatedReason stated) {
        if (stated.equals(StatedReason.NONE)) {
            return new EndReason(CODE_MIN, NOTHING_STATED);
        }
        int code = codeOf(stated.code());
        boolean isPlain =
                code != OTHERS
                        && !stated.text().isEmpty()
                        && stated.retryAfterSeconds() == 0
                        && !PREFIXED.matcher(stated.text()).matches();
        String prefix = isPlain ? "" : "[" + stated.code() + " " + stated.retryAfterSeconds() + "]";
        String space = isPlain || stated.text().isEmpty() ? "" : " ";
        // A zero would end the text for Steam.
        String text = SteamLayouts.cut(stated.text(), StatedReason.TEXT_BYTES_MAX);
        return new EndReason(
                code, SteamLayouts.cut(prefix + space + text.replace('\0', ' '), TEXT_BYTES_MAX));
    }

    private static int codeOf(int stated) {
        if (stated < RANGE) {
            return CODE_MIN + stated;
        }
        boolean isGames =
                stated >= StatedReason.APPLICATION_MIN
                        && stated < StatedReason.APPLICATION_MIN + RANGE;
        return isGames ? GAME_MIN + stated - StatedReason.APPLICATION_MIN : OTHERS;
    }

    /// {@return whether an application has ended the connection, and not Steam}
    boolean isStated() {
        return code >= CODE_MIN && code <= CODE_MAX;
    }

    boolean isTimeout() {
        return code == REMOTE_TIMEOUT || code == MISC_TIMEOUT || code == PEER_SENT_NO_CONNECTION;
    }

    /// {@return what the peer stated: of one that is not Hawser's, its code as it is and its text}
    StatedReason stated() {
        if (code == CODE_MIN && text.equals(NOTHING_STATED)) {
            return StatedReason.NONE;
        }
        Matcher prefixed = PREFIXED.matcher(text);
        if (prefixed.matches()) {
            int stated = Integer.parseInt(prefixed.group(1));
            int retryAfterSeconds = Integer.parseInt(prefixed.group(2));
            if (stated <= 0xffff && retryAfterSeconds <= 0xffff && codeOf(stated) == code) {
                return new StatedReason(stated, retryAfterSeconds, cut(prefixed.group(3)));
            }
        }
        if (code < GAME_MIN) {
            return StatedReason.of(code - CODE_MIN, cut(text));
        }
        return code < OTHERS
                ? StatedReason.of(code - GAME_MIN + StatedReason.APPLICATION_MIN, cut(text))
                : StatedReason.of(code, cut(text));
    }

    private static String cut(String text) {
        return SteamLayouts.cut(text, StatedReason.TEXT_BYTES_MAX);
    }

    /// {@return in words what went wrong where nobody has stated anything}
    String problem() {
        return "Steam says '" + text + "' (code " + code + ")";
    }
}
