/// What sessions of both kinds share: who is there, what waits, what is counted, what there is at
/// most. Not for applications.
@NullMarked
package dev.hawser.web.session;

import org.jspecify.annotations.NullMarked;
