package dev.hawser.token;

/// What the service said about a refusal (RFC 9457), as far as it is for people. Each part is empty
/// where nothing was said, on one line, free of control characters, and cut to its limit.
///
/// @param title what kind of problem, at most 120 characters
/// @param detail what it is this time, at most 300 characters
/// @param field which member of the request is at fault, at most 64 characters
public record ProblemDetails(String title, String detail, String field) {
    /// The longest title, in characters.
    public static final int TITLE_CHARACTERS_MAX = 120;

    /// The longest detail, in characters.
    public static final int DETAIL_CHARACTERS_MAX = 300;

    /// The longest name of a field, in characters.
    public static final int FIELD_CHARACTERS_MAX = 64;

    /// Nothing was said.
    public static final ProblemDetails NONE = new ProblemDetails("", "", "");

    /// Cleans and cuts what came.
    public ProblemDetails {
        title = RemoteText.clean(title, TITLE_CHARACTERS_MAX, "");
        detail = RemoteText.clean(detail, DETAIL_CHARACTERS_MAX, "");
        field = RemoteText.clean(field, FIELD_CHARACTERS_MAX, "");
    }

    /// {@return the middle of a sentence that repeats it; empty when nothing was said}
    String said() {
        StringBuilder text = new StringBuilder();
        if (!title.isEmpty()) {
            text.append(", saying \"").append(title).append('"');
        }
        if (!detail.isEmpty()) {
            text.append(title.isEmpty() ? ", saying \"" : ": \"").append(detail).append('"');
        }
        if (!field.isEmpty()) {
            text.append(" (field \"").append(field).append("\")");
        }
        return text.toString();
    }
}
