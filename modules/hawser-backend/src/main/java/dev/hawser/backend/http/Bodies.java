package dev.hawser.backend.http;

import dev.hawser.backend.problem.Json;
import dev.hawser.backend.problem.Problem;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/// How requests are read: the methods of a path, and the one object in a body.
final class Bodies {
    private Bodies() {}

    /// @throws Problem when it has none of these methods
    static void checkMethod(Request request, String... allowed) {
        if (!List.of(allowed).contains(request.method())) {
            throw Problem.methodNotAllowed(String.join(", ", allowed));
        }
    }

    static Json json(Request request, int bytesMax) throws IOException {
        String type = request.header("Content-Type");
        boolean isJson =
                type != null
                        && type.replace(" ", "")
                                .replace("\"", "")
                                .matches("(?i)application/json(;charset=utf-8)?");
        if (!isJson || request.header("Content-Encoding") != null) {
            throw Problem.notJson();
        }
        return Json.parse(request.body(bytesMax));
    }

    /// {@return what the request names, unless it cannot be}
    ///
    /// @throws Problem when its constructor refuses it, with a message that begins with the name of
    ///   what is wrong
    static <T> T checked(Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            String about = message.replaceFirst("^the number of ", "");
            int end = about.indexOf(' ');
            throw Problem.invalid(end < 0 ? about : about.substring(0, end), message);
        }
    }
}
