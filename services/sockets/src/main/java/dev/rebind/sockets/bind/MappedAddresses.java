package dev.rebind.sockets.bind;

/**
 * How a kernel compares IPv4-mapped addresses, which an IPv6 socket has that was bound to one, or that took an IPv4 client on
 * [::]. Kernels differ in it since bhash2 (Linux 6.1), and a kernel's version does not tell, as stable series and vendors
 * have mended it at their own time. {@link #here()} asks the kernel.
 *
 * @param fourMeetsMapped whether a bind of an IPv4 socket to an address other than 0.0.0.0 meets an IPv6 socket on that
 *     address, or on the mapped wildcard. OFF from 6.1 on, until commits aa99e5f87bd5 and c48ef9c4aed3 (6.6, and the stable series since)
 * @param mappedMeetsV6Only whether a bind of an IPv6 socket to a mapped address other than the wildcard meets a socket on [::]
 *     with IPV6_V6ONLY. ON in 6.8, until commit d91ef1e1b55f (6.9)
 */
public record MappedAddresses(Flag fourMeetsMapped, Flag mappedMeetsV6Only) {
    /** What Linux does but for those releases. */
    public static final MappedAddresses USUAL = new MappedAddresses(Flag.ON, Flag.OFF);

    /** Of a kernel that nobody has asked. */
    public static final MappedAddresses UNKNOWN = new MappedAddresses(Flag.UNKNOWN, Flag.UNKNOWN);

    /**
     * What the kernel that runs this program does. The first call asks it by binds to free ports of 127.0.0.1 and [::], which
     * last some microseconds each; later ones have that answer, if it is a whole one. Safe for several threads.
     */
    public static MappedAddresses here() {
        return MappedProbe.answer();
    }
}
