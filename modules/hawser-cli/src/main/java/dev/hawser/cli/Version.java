package dev.hawser.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// What `hawser --version` says. The build writes the number into a resource.
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream source = Version.class.getResourceAsStream("version.properties")) {
            properties.load(Objects.requireNonNull(source));
        }
        return new String[] {
            "hawser " + properties.getProperty("version"),
            "netcode 1.02, Java " + Runtime.version(),
        };
    }
}
