package dev.hawser.linux;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/// Lets `Thread.interrupt` end a native wait.
///
/// The JDK tells two kinds of classes of an interrupt: channels, which it closes, and selectors,
/// which it wakes. So this is a selector, which selects nothing.
final class InterruptHook extends AbstractSelector {
    private final Runnable wakeup;

    /// @param wakeup ends the wait; called by the thread that interrupts, or by the waiting one
    ///   when it is interrupted already
    InterruptHook(Runnable wakeup) {
        super(SelectorProvider.provider());
        this.wakeup = wakeup;
    }

    /// Comes before the wait.
    void enter() {
        begin();
    }

    /// Comes after the wait.
    void leave() {
        end();
    }

    @Override
    public Selector wakeup() {
        wakeup.run();
        return this;
    }

    @Override
    protected void implCloseSelector() throws IOException {
        // It holds nothing.
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SelectionKey> keys() {
        return Set.of();
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        return Set.of();
    }

    @Override
    public int selectNow() {
        return 0;
    }

    @Override
    public int select(long timeoutMillis) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int select() {
        throw new UnsupportedOperationException();
    }
}
