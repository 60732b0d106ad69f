/// How a client gets its connect token: from the token service of the game, over HTTPS.
///
/// [TokenClient] fetches, `Authentication.Backend` makes a client use it. What can go wrong is a
/// [dev.hawser.token.TokenFetchFailure], which says in words what to do about it. Inside, a
/// `TokenFetch` makes attempts, each of which ends in a `FetchOutcome`.
@NullMarked
package dev.hawser.online.token;

import org.jspecify.annotations.NullMarked;
