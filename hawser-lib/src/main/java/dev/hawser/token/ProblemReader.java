package dev.hawser.token;

/// Reads what a service says about a refusal. Whatever is wrong with it, the refusal stands: then
/// nothing was said.
final class ProblemReader {
    private String title = "";
    private String detail = "";
    private String field = "";

    private ProblemReader() {}

    /// @param secret that a careless service or proxy may repeat, and that must not show
    static ProblemDetails read(byte[] body, int length, String secret) {
        ProblemReader reader = new ProblemReader();
        try {
            Json.readObject(
                    body,
                    length,
                    (name, value) -> {
                        if (value.isString()) {
                            reader.take(
                                    name,
                                    RemoteText.clean(
                                            value.text(name), AnswerBody.BYTES_MAX, secret));
                        }
                    });
        } catch (BadAnswerException e) {
            return ProblemDetails.NONE;
        }
        return new ProblemDetails(reader.title, reader.detail, reader.field);
    }

    private void take(String name, String text) {
        switch (name) {
            case "title" -> title = text;
            case "detail" -> detail = text;
            case "field" -> field = text;
            default -> {
                // "type" and "status" say nothing that the status line has not said.
            }
        }
    }
}
