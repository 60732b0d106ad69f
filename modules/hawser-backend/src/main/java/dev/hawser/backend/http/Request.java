package dev.hawser.backend.http;

import dev.hawser.backend.problem.Problem;
import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// A request, as far as anybody here is interested.
public interface Request {
    String method();

    /// Without the query.
    String path();

    /// {@return what stands behind the question mark, as it came; empty when there is nothing}
    String query();

    /// {@return the value of a header, or null; of one that is there twice, both, with a comma
    /// between them}
    @Nullable String header(String name);

    InetAddress caller();

    /// The request is that of a game server: it has shown its credential.
    void isOfServer();

    /// {@return the body}
    ///
    /// @throws Problem when it is longer
    byte[] body(int bytesMax) throws IOException;
}
