/// What a game imports: clients, servers, and how they authenticate.
@NullMarked
package dev.hawser;

import org.jspecify.annotations.NullMarked;
