package dev.hawser.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;

/// The structures of Linux's socket calls where addresses have 64 bits and numbers are
/// little-endian: x86_64 and aarch64, with glibc and musl alike.
final class Layouts {
    /// `struct iovec`: where bytes are, and how many.
    static final GroupLayout IOVEC =
            structLayout(JAVA_LONG.withName("iov_base"), JAVA_LONG.withName("iov_len"));

    /// `struct mmsghdr`: a `struct msghdr`, and how many bytes were moved.
    ///
    /// musl declares two lengths as 32 bits and padding, of which the padding has to be 0: the same
    /// bytes.
    static final GroupLayout MMSGHDR =
            structLayout(
                    JAVA_LONG.withName("msg_name"),
                    JAVA_INT.withName("msg_namelen"),
                    paddingLayout(4),
                    JAVA_LONG.withName("msg_iov"),
                    JAVA_LONG.withName("msg_iovlen"),
                    JAVA_LONG.withName("msg_control"),
                    JAVA_LONG.withName("msg_controllen"),
                    JAVA_INT.withName("msg_flags"),
                    paddingLayout(4),
                    JAVA_INT.withName("msg_len"),
                    paddingLayout(4));

    /// A `struct cmsghdr` with the number that `UDP_SEGMENT` takes, as long as `CMSG_SPACE` says.
    ///
    /// musl declares the length as 32 bits and padding: the same bytes.
    static final GroupLayout SEGMENT_CONTROL =
            structLayout(
                    JAVA_LONG.withName("cmsg_len"),
                    JAVA_INT.withName("cmsg_level"),
                    JAVA_INT.withName("cmsg_type"),
                    JAVA_SHORT.withName("segment_bytes"),
                    paddingLayout(6));

    /// A `struct cmsghdr` with the `struct in_pktinfo` that `IP_PKTINFO` takes and gives, as long
    /// as `CMSG_SPACE` says; addresses are big-endian.
    static final GroupLayout LOCAL_ADDRESS_CONTROL =
            structLayout(
                    JAVA_LONG.withName("cmsg_len"),
                    JAVA_INT.withName("cmsg_level"),
                    JAVA_INT.withName("cmsg_type"),
                    JAVA_INT.withName("ipi_ifindex"),
                    JAVA_INT.withName("ipi_spec_dst"),
                    JAVA_INT.withName("ipi_addr"),
                    paddingLayout(4).withName("end"));

    /// A `struct cmsghdr` with the `struct in6_pktinfo` that `IPV6_PKTINFO` takes and gives, as
    /// long as `CMSG_SPACE` says; the address is big-endian.
    static final GroupLayout LOCAL_ADDRESS6_CONTROL =
            structLayout(
                    JAVA_LONG.withName("cmsg_len"),
                    JAVA_INT.withName("cmsg_level"),
                    JAVA_INT.withName("cmsg_type"),
                    sequenceLayout(16, JAVA_BYTE).withName("ipi6_addr"),
                    JAVA_INT.withName("ipi6_ifindex"),
                    paddingLayout(4).withName("end"));

    /// `struct sockaddr_in`; port and address are big-endian.
    static final GroupLayout SOCKADDR_IN =
            structLayout(
                    JAVA_SHORT.withName("sin_family"),
                    JAVA_SHORT.withName("sin_port"),
                    JAVA_INT.withName("sin_addr"),
                    paddingLayout(8));

    /// `struct sockaddr_in6`; port and address are big-endian.
    static final GroupLayout SOCKADDR_IN6 =
            structLayout(
                    JAVA_SHORT.withName("sin6_family"),
                    JAVA_SHORT.withName("sin6_port"),
                    JAVA_INT.withName("sin6_flowinfo"),
                    sequenceLayout(16, JAVA_BYTE).withName("sin6_addr"),
                    JAVA_INT.withName("sin6_scope_id"));

    /// `struct pollfd`.
    static final GroupLayout POLLFD =
            structLayout(
                    JAVA_INT.withName("fd"),
                    JAVA_SHORT.withName("events"),
                    JAVA_SHORT.withName("revents"));

    /// `struct timespec`.
    static final GroupLayout TIMESPEC =
            structLayout(JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_nsec"));

    private Layouts() {}

    /// {@return where a field begins, in bytes}
    static int offset(GroupLayout struct, String field) {
        return (int) struct.byteOffset(groupElement(field));
    }

    /// {@return the size of a structure, in bytes}
    static int bytes(MemoryLayout layout) {
        return (int) layout.byteSize();
    }
}
