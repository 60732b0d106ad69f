package dev.hawser.linux;

import java.io.IOException;

/// Linux refused a call.
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;

    ErrnoException(int errno) {
        super(Errno.text(errno));
        this.errno = errno;
    }

    /// {@return the number of the error, see [Errno]}
    public int errno() {
        return errno;
    }
}
