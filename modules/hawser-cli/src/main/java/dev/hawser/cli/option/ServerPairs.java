package dev.hawser.cli.option;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.token.TokenRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// The servers of a token: each with the address to dial, and the one by which it knows itself.
///
/// @param dialled 1 to 32
/// @param internal the same servers in the same order
public record ServerPairs(List<NetAddress> dialled, List<NetAddress> internal) {
    /// {@return the pairs that two lists of options make, the second of which may be empty}
    ///
    /// @param internalOption the name of the second
    public static ServerPairs of(
            CommandSpec spec,
            List<NetAddress> dialled,
            String internalOption,
            List<NetAddress> internal) {
        if (dialled.size() > TokenRequest.SERVERS_MAX) {
            throw new ParameterException(
                    spec.commandLine(),
                    dialled.size()
                            + " servers, but a token has room for "
                            + TokenRequest.SERVERS_MAX);
        }
        if (!internal.isEmpty() && internal.size() != dialled.size()) {
            throw new ParameterException(
                    spec.commandLine(),
                    internal.size()
                            + " times "
                            + internalOption
                            + " for "
                            + dialled.size()
                            + " times --server: pass it once for each server, in the same order");
        }
        ServerPairs pairs = new ServerPairs(dialled, internal.isEmpty() ? dialled : internal);
        try {
            pairs.addTo(TokenRequest.builder(0)).build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        return pairs;
    }

    public TokenRequest.Builder addTo(TokenRequest.Builder request) {
        for (int i = 0; i < dialled.size(); i++) {
            request.server(dialled.get(i), internal.get(i));
        }
        return request;
    }

    public List<NetAddress> addresses() {
        List<NetAddress> addresses = new ArrayList<>(dialled);
        addresses.addAll(internal);
        return addresses;
    }
}
