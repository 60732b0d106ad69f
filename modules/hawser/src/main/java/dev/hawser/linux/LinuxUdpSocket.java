package dev.hawser.linux;

import dev.hawser.protocol.NetAddress;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/// A UDP socket of Linux. Belongs to one thread, but for [#wakeup()] and [#newDrops()].
///
/// What it asks of the kernel while packets move never waits, never throws and never allocates: it
/// says what the kernel says, a number of messages or an error below 0.
public final class LinuxUdpSocket {
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_MEMINFO = 55;
    private static final int IPPROTO_IP = 0;
    private static final int IP_TOS = 1;
    private static final int IP_PKTINFO = 8;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_PMTUDISC_WANT = 1;
    private static final int IP_PMTUDISC_PROBE = 3;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_RECVPKTINFO = 49;
    private static final int IPV6_TCLASS = 67;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int POLLIN = 1;
    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;

    // Places in the memory for small things.
    private static final int NAME = 0;
    private static final int SOCKET_POLL = NAME + SocketAddressFormat.PLACE_BYTES;
    private static final int WAKEUP_POLL = SOCKET_POLL + Layouts.bytes(Layouts.POLLFD);
    private static final int TIMEOUT = WAKEUP_POLL + Layouts.bytes(Layouts.POLLFD);
    private static final int NO_TIME = TIMEOUT + Layouts.bytes(Layouts.TIMESPEC);
    private static final int COUNT_READ = NO_TIME + Layouts.bytes(Layouts.TIMESPEC);
    private static final int COUNT_WRITTEN = COUNT_READ + Long.BYTES;
    private static final int NUMBER = COUNT_WRITTEN + Long.BYTES;
    private static final int LENGTH = NUMBER + Integer.BYTES;
    private static final int MEMINFO = LENGTH + Integer.BYTES;

    /// Nine numbers, of which the last says how many packets were dropped (sock_diag(7)).
    private static final int MEMINFO_BYTES = 9 * Integer.BYTES;

    private static final int MEMINFO_DROPS = MEMINFO + 8 * Integer.BYTES;
    private static final int MEMINFO_LENGTH = MEMINFO + MEMINFO_BYTES;
    private static final int MEMORY_BYTES = MEMINFO_LENGTH + Integer.BYTES;

    private static final int POLL_EVENTS = Layouts.offset(Layouts.POLLFD, "events");
    private static final int TIMEOUT_NANOS = Layouts.offset(Layouts.TIMESPEC, "tv_nsec");

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int NO_FD = -1;

    private final SystemCalls calls = new SystemCalls();
    private final NativeMemory memory = new NativeMemory(MEMORY_BYTES);
    private final ByteBuffer bytes = memory.buffer();
    private final SocketAddressFormat addresses;
    private final LinkLocalScopes scopes = new LinkLocalScopes();
    private final boolean isIpv6;
    private boolean tellsLocals;
    private boolean forbidsFragments;
    private final AtomicBoolean isWoken = new AtomicBoolean();
    private final InterruptHook interruptHook = new InterruptHook(this::wakeup);

    /// Guards the number of the event below: once it is closed, it may be another file's.
    private final Object wakeupLock = new Object();

    private int wakeupFd;
    private int fd;

    /// What the kernel said last; it counts with 32 bits. Guarded by the lock.
    private int drops;

    private LinuxUdpSocket(boolean isIpv6) throws ErrnoException {
        this.isIpv6 = isIpv6;
        addresses = new SocketAddressFormat(isIpv6, memory);
        bytes.putLong(COUNT_WRITTEN, 1);
        int family = isIpv6 ? SocketAddressFormat.AF_INET6 : SocketAddressFormat.AF_INET;
        fd = check(calls.socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        wakeupFd = calls.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (wakeupFd < 0) {
            int errno = -wakeupFd;
            wakeupFd = NO_FD;
            close();
            throw new ErrnoException(errno);
        }
    }

    /// {@return a socket, not yet bound; an IPv6 one serves IPv4 peers too}
    ///
    /// @throws ErrnoException when the system refuses
    public static LinuxUdpSocket open(boolean isIpv6) throws ErrnoException {
        LinuxUdpSocket socket = new LinuxUdpSocket(isIpv6);
        if (isIpv6) {
            try {
                socket.option(IPPROTO_IPV6, IPV6_V6ONLY, 0);
            } catch (ErrnoException e) {
                socket.close();
                throw e;
            }
        }
        return socket;
    }

    /// Asks for buffers of this size, in bytes. Beyond the system's limits (`net.core.rmem_max`,
    /// `wmem_max`) it gives that much only to a process with the capability `CAP_NET_ADMIN`.
    ///
    /// @throws ErrnoException when the system refuses
    public void bufferBytes(int size) throws ErrnoException {
        option(SOL_SOCKET, SO_RCVBUF, size);
        option(SOL_SOCKET, SO_SNDBUF, size);
        if (receiveBufferBytes() < size) {
            force(SO_RCVBUFFORCE, size);
        }
        if (sendBufferBytes() < size) {
            force(SO_SNDBUFFORCE, size);
        }
    }

    private void force(int option, int size) {
        try {
            option(SOL_SOCKET, option, size);
        } catch (ErrnoException e) {
            // Not for this process: it stays with what there is.
        }
    }

    /// Sets the traffic class byte of outgoing packets.
    ///
    /// @throws ErrnoException when the system refuses
    public void trafficClass(int octet) throws ErrnoException {
        if (isIpv6) {
            option(IPPROTO_IPV6, IPV6_TCLASS, octet);
        }
        // Also on an IPv6 socket: there it marks what goes to IPv4 peers.
        option(IPPROTO_IP, IP_TOS, octet);
    }

    /// Has no packet cut into fragments, here or by a router, and believes nobody who says that a
    /// path is narrow.
    ///
    /// @throws ErrnoException when the system refuses
    public void doNotFragment() throws ErrnoException {
        pathDiscovery(IP_PMTUDISC_PROBE);
        forbidsFragments = true;
    }

    private void pathDiscovery(int mode) throws ErrnoException {
        if (isIpv6) {
            option(IPPROTO_IPV6, IPV6_MTU_DISCOVER, mode);
        }
        option(IPPROTO_IP, IP_MTU_DISCOVER, mode);
    }

    /// Has the kernel tell of each packet which address of this machine it was sent to, and take it
    /// of those that go out ([dev.hawser.protocol.PeerAddress#hasLocal()]): for a socket that is
    /// bound to all of them. Comes before [#bind] and the room for messages.
    ///
    /// @throws ErrnoException when the system refuses
    public void tellLocalAddresses() throws ErrnoException {
        if (isIpv6) {
            // Of IPv4 packets too.
            option(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
        } else {
            option(IPPROTO_IP, IP_PKTINFO, 1);
        }
        tellsLocals = true;
    }

    /// Sets an option that is a number.
    ///
    /// @throws ErrnoException when the system refuses
    void option(int level, int option, int value) throws ErrnoException {
        bytes.putInt(NUMBER, value);
        check(calls.setsockopt(fd, level, option, memory.address(NUMBER), Integer.BYTES));
    }

    /// Binds the socket.
    ///
    /// @return the address with the port that the system chose for port 0
    /// @throws ErrnoException when the system refuses
    public NetAddress bind(NetAddress address) throws ErrnoException {
        addresses.put(NAME, address);
        check(calls.bind(fd, memory.address(NAME), addresses.bytes()));
        bytes.putInt(LENGTH, SocketAddressFormat.PLACE_BYTES);
        check(calls.getsockname(fd, memory.address(NAME), memory.address(LENGTH)));
        return addresses.get(NAME);
    }

    /// {@return the receive buffer that the system gave, in bytes}
    ///
    /// @throws ErrnoException when the system refuses
    public int receiveBufferBytes() throws ErrnoException {
        // Linux doubles what it is asked for, for its own needs, and says the double.
        return option(SOL_SOCKET, SO_RCVBUF) / 2;
    }

    /// {@return the send buffer that the system gave, in bytes}
    ///
    /// @throws ErrnoException when the system refuses
    public int sendBufferBytes() throws ErrnoException {
        return option(SOL_SOCKET, SO_SNDBUF) / 2;
    }

    /// Asks how many packets the kernel has dropped, which is what it does when the receive buffer
    /// is full. Any thread may call it, also after the socket was closed.
    ///
    /// @return how many since the last call
    public long newDrops() {
        synchronized (wakeupLock) {
            bytes.putInt(MEMINFO_LENGTH, MEMINFO_BYTES);
            if (fd == NO_FD
                    || SystemCalls.getsockoptUnchecked(
                                    fd,
                                    SOL_SOCKET,
                                    SO_MEMINFO,
                                    memory.address(MEMINFO),
                                    memory.address(MEMINFO_LENGTH))
                            < 0
                    || bytes.getInt(MEMINFO_LENGTH) < MEMINFO_BYTES) {
                return 0;
            }
            int latest = bytes.getInt(MEMINFO_DROPS);
            long more = Integer.toUnsignedLong(latest - drops);
            drops = latest;
            return more;
        }
    }

    /// {@return whether this kernel sends a message as a row of packets: older ones do not know of
    /// it, and would send all as one packet}
    public boolean sendsRows() {
        try {
            return option(SOL_UDP, UDP_SEGMENT) >= 0;
        } catch (ErrnoException e) {
            return false;
        }
    }

    /// {@return an option that is a number}
    ///
    /// @throws ErrnoException when the system refuses
    int option(int level, int option) throws ErrnoException {
        bytes.putInt(LENGTH, Integer.BYTES);
        check(calls.getsockopt(fd, level, option, memory.address(NUMBER), memory.address(LENGTH)));
        return bytes.getInt(NUMBER);
    }

    private static int check(int result) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(-result);
        }
        return result;
    }

    /// {@return room for what this socket receives}
    ///
    /// @param packetBytesMax for which each message has room
    public InboundMessages newInbound(int packetBytesMax) {
        return new InboundMessages(packetBytesMax, isIpv6, scopes, tellsLocals);
    }

    /// {@return room for what this socket sends in one go}
    ///
    /// @param packetsMax how many packets
    /// @param bytesMax of how many bytes in all
    public OutboundMessages newOutbound(int packetsMax, int bytesMax) {
        return new OutboundMessages(packetsMax, bytesMax, isIpv6, scopes, tellsLocals);
    }

    /// Receives what is there.
    ///
    /// @param messagesMax 1 to [InboundMessages#MESSAGES]
    /// @return how many came, or minus an [Errno]
    public int receive(InboundMessages inbound, int messagesMax) {
        long messages = inbound.toReceive();
        try {
            int result = SystemCalls.recvmmsgUnchecked(fd, messages, messagesMax, MSG_DONTWAIT);
            if (result < 0) {
                result =
                        isQuiet()
                                ? -Errno.EAGAIN
                                : calls.recvmmsg(fd, messages, messagesMax, MSG_DONTWAIT);
            }
            return inbound.noteReceived(result);
        } finally {
            Reference.reachabilityFence(inbound);
        }
    }

    /// {@return whether there is neither a packet nor an error to receive}
    private boolean isQuiet() {
        poll(SOCKET_POLL, fd);
        try {
            return SystemCalls.ppollUnchecked(
                            memory.address(SOCKET_POLL), 1, memory.address(NO_TIME))
                    == 0;
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /// Sends messages, in order, up to the first that cannot be sent. That one has been tried
    /// twice, since the first error may be what became of a packet sent before.
    ///
    /// @return how many were sent, or, when the first could not be, minus an [Errno]
    public int send(OutboundMessages outbound, int first, int count) {
        long messages = outbound.address(first);
        try {
            int result = SystemCalls.sendmmsgUnchecked(fd, messages, count, MSG_DONTWAIT);
            return result >= 0 ? result : calls.sendmmsg(fd, messages, count, MSG_DONTWAIT);
        } finally {
            Reference.reachabilityFence(outbound);
        }
    }

    /// Sends one message as [#doNotFragment()] forbids it: in fragments where it is larger than the
    /// network interface takes. It costs up to four calls of the system more.
    ///
    /// @return 1, or minus an [Errno]
    public int sendInFragments(OutboundMessages outbound, int message) {
        if (!forbidsFragments) {
            return -Errno.EMSGSIZE;
        }
        try {
            pathDiscovery(IP_PMTUDISC_WANT);
            try {
                return calls.sendmmsg(fd, outbound.address(message), 1, MSG_DONTWAIT);
            } finally {
                pathDiscovery(IP_PMTUDISC_PROBE);
            }
        } catch (ErrnoException e) {
            return -e.errno();
        } finally {
            Reference.reachabilityFence(outbound);
        }
    }

    /// Waits until something is there to receive, the time is over, or another thread calls
    /// [#wakeup()] or interrupts this one.
    ///
    /// @param timeoutNanos 0 or more
    public void await(long timeoutNanos) {
        if (fd == NO_FD) {
            return;
        }
        poll(SOCKET_POLL, fd);
        poll(WAKEUP_POLL, wakeupFd);
        bytes.putLong(TIMEOUT, timeoutNanos / NANOS_PER_SECOND);
        bytes.putLong(TIMEOUT + TIMEOUT_NANOS, timeoutNanos % NANOS_PER_SECOND);
        interruptHook.enter();
        try {
            int _ =
                    SystemCalls.ppollUnchecked(
                            memory.address(SOCKET_POLL), 2, memory.address(TIMEOUT));
        } finally {
            Reference.reachabilityFence(memory);
            interruptHook.leave();
        }
        if (isWoken.get()) {
            forgetWakeup();
        }
    }

    private void poll(int offset, int polledFd) {
        bytes.putInt(offset, polledFd);
        bytes.putInt(offset + POLL_EVENTS, POLLIN);
    }

    /// In this order: a wakeup between the two ends the present wait.
    private void forgetWakeup() {
        isWoken.set(false);
        SystemCalls.readUnchecked(wakeupFd, memory.address(COUNT_READ), Long.BYTES);
    }

    /// Ends the present wait, or else the next one. Any thread may call it, also after the socket
    /// was closed.
    public void wakeup() {
        if (isWoken.getAndSet(true)) {
            return;
        }
        synchronized (wakeupLock) {
            if (wakeupFd != NO_FD) {
                SystemCalls.writeUnchecked(wakeupFd, memory.address(COUNT_WRITTEN), Long.BYTES);
            }
        }
    }

    /// Gives everything back to the system.
    public void close() {
        synchronized (wakeupLock) {
            fd = close(fd);
            wakeupFd = close(wakeupFd);
        }
    }

    private int close(int closedFd) {
        if (closedFd != NO_FD) {
            int _ = calls.close(closedFd);
        }
        return NO_FD;
    }
}
