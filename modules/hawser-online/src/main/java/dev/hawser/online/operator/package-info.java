/// An operator's hands on a fleet of game servers: look who is where, drain, kick, ban.
///
/// [OperatorClient] asks the token service, which knows; `hawser fleet` is made of it. One question
/// is an `OperatorCall`, which goes from endpoint to endpoint; `OperatorAnswers` reads what comes.
@NullMarked
package dev.hawser.online.operator;

import org.jspecify.annotations.NullMarked;
