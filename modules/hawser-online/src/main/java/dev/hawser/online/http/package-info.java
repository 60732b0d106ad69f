/// What talks to a token service over HTTPS has in common: whom it trusts, what it takes as an
/// answer, what a failure means. Hidden: the token client and the announcer are what applications
/// see.
///
/// ```
///   Https  ──►  Answer ──► Json        what came, bounded in everything
///     │
///     └──────►  Trouble                why nothing came
/// ```
@NullMarked
package dev.hawser.online.http;

import org.jspecify.annotations.NullMarked;
