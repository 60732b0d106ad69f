/// The service as callers see it: connections, requests, answers and limits. Not for applications.
@NullMarked
package dev.hawser.backend.http;

import org.jspecify.annotations.NullMarked;
