package dev.hawser.linux;

/// The numbers of Linux's errors that somebody here looks at; the same on x86_64 and aarch64
/// (`asm-generic/errno-base.h` and `errno.h`).
public final class Errno {
    /// Operation not permitted: a firewall on this machine.
    public static final int EPERM = 1;

    /// A signal came first; nothing has happened.
    public static final int EINTR = 4;

    /// The device cannot do what a row of packets needs.
    public static final int EIO = 5;

    /// The file is not open.
    public static final int EBADF = 9;

    /// Nothing is there, or the socket's send buffer is full.
    public static final int EAGAIN = 11;

    /// The system is short of memory.
    public static final int ENOMEM = 12;

    /// Permission denied: a privileged port, or a broadcast address.
    public static final int EACCES = 13;

    /// There is no such device.
    public static final int ENODEV = 19;

    /// The address makes no sense for this socket.
    public static final int EINVAL = 22;

    /// The whole system has as many files open as it may.
    public static final int ENFILE = 23;

    /// The process has as many files open as it may.
    public static final int EMFILE = 24;

    /// The packet is larger than the path, or the protocol, takes.
    public static final int EMSGSIZE = 90;

    /// The socket has no such option.
    public static final int ENOPROTOOPT = 92;

    /// The system has no such protocol.
    public static final int EPROTONOSUPPORT = 93;

    /// Somebody in between does not know of it.
    public static final int EOPNOTSUPP = 95;

    /// No sockets of this family: IPv6 is switched off.
    public static final int EAFNOSUPPORT = 97;

    /// Somebody else has the port.
    public static final int EADDRINUSE = 98;

    /// No interface of this machine has the address.
    public static final int EADDRNOTAVAIL = 99;

    /// The network interface is down.
    public static final int ENETDOWN = 100;

    /// No route to the network.
    public static final int ENETUNREACH = 101;

    /// The queue of a network interface is full, or memory is short.
    public static final int ENOBUFS = 105;

    /// Nobody listens there: an answer to a packet sent before.
    public static final int ECONNREFUSED = 111;

    /// The host is down.
    public static final int EHOSTDOWN = 112;

    /// No route to the host.
    public static final int EHOSTUNREACH = 113;

    private Errno() {}

    /// {@return what a person is told: the words of Linux for the numbers above, which allocate
    /// nothing; for others the number}
    public static String text(int errno) {
        return switch (errno) {
            case EPERM -> "Operation not permitted";
            case EINTR -> "Interrupted system call";
            case EIO -> "Input/output error";
            case EBADF -> "Bad file descriptor";
            case EAGAIN -> "Resource temporarily unavailable";
            case ENOMEM -> "Cannot allocate memory";
            case EACCES -> "Permission denied";
            case ENODEV -> "No such device";
            case EINVAL -> "Invalid argument";
            case ENFILE -> "Too many open files in system";
            case EMFILE -> "Too many open files";
            case EMSGSIZE -> "Message too long";
            case ENOPROTOOPT -> "Protocol not available";
            case EPROTONOSUPPORT -> "Protocol not supported";
            case EOPNOTSUPP -> "Operation not supported";
            case EAFNOSUPPORT -> "Address family not supported by protocol";
            case EADDRINUSE -> "Address already in use";
            case EADDRNOTAVAIL -> "Cannot assign requested address";
            case ENETDOWN -> "Network is down";
            case ENETUNREACH -> "Network is unreachable";
            case ENOBUFS -> "No buffer space available";
            case ECONNREFUSED -> "Connection refused";
            case EHOSTDOWN -> "Host is down";
            case EHOSTUNREACH -> "No route to host";
            default -> "errno " + errno;
        };
    }
}
