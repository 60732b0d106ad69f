package dev.hawser.backend.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// What is sent back, with status 200, or 204 where there is nothing.
public record Response(int status, @Nullable ObjectNode json) {
    static final Response NOTHING = new Response(204, null);

    static Response of(ObjectNode json) {
        return new Response(200, json);
    }
}
