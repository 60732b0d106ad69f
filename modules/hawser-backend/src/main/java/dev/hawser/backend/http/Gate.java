package dev.hawser.backend.http;

import dev.hawser.backend.problem.Problem;
import java.util.concurrent.TimeoutException;

/// Lets those in who show one of the credentials of a kind.
final class Gate {
    private final Credentials credentials;
    private final RateLimit perAddress;

    /// @param perAddress of those who show a wrong one
    Gate(Credentials credentials, RateLimit perAddress) {
        this.credentials = credentials;
        this.perAddress = perAddress;
    }

    /// A right credential costs its owner nothing of the limits: servers ask often, and many of
    /// them from one address.
    ///
    /// @throws Problem when the credential is not one of these
    void check(Request request) throws TimeoutException {
        try {
            if (credentials.isOne(Credentials.bearer(request))) {
                return;
            }
        } catch (Problem problem) {
            perAddress.count(Callers.household(request.caller()));
            throw problem;
        }
        perAddress.count(Callers.household(request.caller()));
        throw Problem.notAuthenticated();
    }
}
