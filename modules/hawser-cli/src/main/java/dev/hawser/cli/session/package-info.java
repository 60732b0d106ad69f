/// What `hawser server` and `hawser client` do while they are connected: chat, echo, send, hold.
@NullMarked
package dev.hawser.cli.session;

import org.jspecify.annotations.NullMarked;
