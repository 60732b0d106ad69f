package dev.hawser.cli.words;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the library says, in the words of whoever runs the command: the library advises programmers
/// and names its methods, where a person at a terminal has options and the names of a
/// configuration.
public final class Wording {
    private static final SequencedMap<Pattern, String> OPTIONS = new LinkedHashMap<>();
    private static final SequencedMap<Pattern, String> NAMES = new LinkedHashMap<>();

    static {
        option("pinnedCertificates|certificateHash(es)?", "--pin");
        option(
                "hand over its authority with trustStore",
                "name a file with its authority in HAWSER_JAVA_OPTS"
                        + " (-Djavax.net.ssl.trustStore=FILE)");
        option("maxConnectTokenLifetimeOff", "--max-token-lifetime off");
        option("maxConnectTokenLifetime(?!Seconds)", "--max-token-lifetime");
        option("identity(?=\\()|(?<=set )the identity", "--identity");
        option("publicAddress", "--public-address");
        option("serverId", "--server-id");
        option("maxClients", "--max-clients");
        option("protocolId(?=\\()", "--protocol-id");
        option("credentials(?=\\()", "--credential-file");
        option("operatorCredentials(?=\\()", "operators.credential-files in its configuration");
        option("UdpTransport\\.Builder\\.io", "--transport");
        option("privateKey|keyRing(?=\\()", "--private-key-file");
        option("SecretReaders\\.GROUP", "--group-may-read");
        option("sameClient\\(TAKE_OVER\\)", "--take-over");
        option("the endpoint(?= holds)|^endpoint", "--backend");
        option("^region", "--region");
        option(
                "raise pendingLimits where many players share an address",
                "the others get in when those are done");
        OPTIONS.put(Pattern.compile(",? or allow more time with overallTimeout\\(…\\)"), "");
        OPTIONS.put(Pattern.compile(" \\(it must call update\\(\\)[^()]*\\)"), "");

        name("connectTokenLifetime", "tokens.lifetime-seconds");
        name("^timeout(?= is)", "tokens.timeout-seconds");
        name("serversPerToken", "tokens.servers-max");
        name("connectionsPerAddress", "limits.connections-per-address");
        name("perAddress", "limits.per-address-per-minute");
        name("perAccount", "limits.per-account-per-minute");
        name("serverTimeout", "servers.timeout-seconds");
        name("operatorCredentials(?=\\()", "operators.credential-files");
        name("clientIdSecret", "client-id-secret-file");
        name("SecretReaders\\.GROUP", "group-may-read = true");
        name("certificate(?=\\()", "tls.certificate and tls.key");
        name("set another authenticator", "choose another way in [players]");
        name("webTransportCertificateHashes", "web-transport-certificate-hashes");
        name("webTransport", "web-transport");
        name("webSocket", "web-socket");
        name("serverId", "id");
        name("maxClients", "max-clients");
        name("publicAddress", "public-address");
        name("internalAddress", "internal-address");
    }

    private Wording() {}

    /// {@return the text with options in place of methods}
    public static String ofOptions(String text) {
        return replaced(OPTIONS, text);
    }

    /// {@return the text with the names of `hawser backend`'s configuration in place of methods}
    public static String ofConfiguration(String text) {
        return replaced(NAMES, text);
    }

    private static void option(String method, String words) {
        put(OPTIONS, method, words);
    }

    private static void name(String method, String words) {
        put(NAMES, method, words);
    }

    /// What stands in the parentheses of a call goes with its name.
    private static void put(Map<Pattern, String> table, String method, String words) {
        table.put(
                Pattern.compile("(?<![\\w.-])(" + method + ")(\\(…?\\)|(?![\\w(]))"),
                Matcher.quoteReplacement(words));
    }

    private static String replaced(SequencedMap<Pattern, String> table, String text) {
        String replaced = text;
        for (Map.Entry<Pattern, String> entry : table.entrySet()) {
            replaced = entry.getKey().matcher(replaced).replaceAll(entry.getValue());
        }
        return replaced;
    }
}
