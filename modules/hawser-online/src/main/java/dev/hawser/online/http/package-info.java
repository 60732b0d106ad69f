/// What talks to a token service over HTTPS has in common: whom it trusts, what it takes as an
/// answer, what a failure means. Hidden: the token client and the announcer are what applications
/// see.
///
/// ```
///   Https  ──►  Answer ──► Json        what came, bounded in everything
///     │           └──────► BadAnswerException, where it is not what it should be
///     │
///     └──────►  NoAnswer               why nothing came
/// ```
///
/// An answer, or its absence, is what HTTP has to say. What it means to the caller is an outcome:
/// `FetchOutcome` of an attempt to fetch a token, `CallOutcome` of an announcement. In both, a
/// failure is *passing*, where another attempt may go better, or *lasting*, where somebody has to
/// change something first. What an application sees of a failed fetch is a `TokenFetchFailure`.
@NullMarked
package dev.hawser.online.http;

import org.jspecify.annotations.NullMarked;
