/// How a client gets its connect token from elsewhere: `Authentication.Backend` makes it ask a
/// [TokenSource], which gives a [FetchedToken].
///
/// What can go wrong is a [TokenFetchFailure], which says in words what to do about it. There are
/// no sockets and threads here: those are the source's.
@NullMarked
package dev.hawser.token;

import org.jspecify.annotations.NullMarked;
