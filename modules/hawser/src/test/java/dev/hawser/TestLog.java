package dev.hawser.online.http;

import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;

/// Keeps what is said.
public final class TestLog implements System.Logger {
    /// Level and message of each line.
    public final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public String getName() {
        return "dev.hawser";
    }

    @Override
    public boolean isLoggable(Level level) {
        return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
        lines.add(level + " " + message);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
        lines.add(level + " " + format);
    }
}
