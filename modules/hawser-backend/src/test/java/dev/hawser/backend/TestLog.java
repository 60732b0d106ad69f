package dev.hawser.backend;

import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;

/// A logger that keeps its lines: the level, the message, and what was thrown.
@SuppressWarnings("serial") // Never leaves the process.
public final class TestLog extends CopyOnWriteArrayList<String> implements System.Logger {
    @Override
    public String getName() {
        return "test";
    }

    @Override
    public boolean isLoggable(Level level) {
        return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
        add(level + " " + message + " " + thrown);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
        add(level + " " + format);
    }
}
