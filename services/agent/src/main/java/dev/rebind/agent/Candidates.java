package dev.rebind.agent;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.bind.Candidate;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The socket that a generation binds, as the kernel sees it. */
public final class Candidates {
    private Candidates() {}

    static Candidate of(GenerationSettings settings) {
        InetAddress address;
        try {
            address = InetAddress.getByName(settings.place().address());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(settings.place().address() + " is no address", e);
        }
        // The JDK's sockets are dual-stack IPv6 ones, and 0.0.0.0 becomes [::]; Netty's own transports and bare sockets
        // bind the IPv4 address that they are given.
        boolean jdk = settings.transport().equals("nio") && !settings.processPerConnection();
        boolean dual = jdk && !Boolean.getBoolean("java.net.preferIPv4Stack");
        Family family = address instanceof Inet4Address && !dual ? Family.IPV4 : Family.IPV6;
        return new Candidate(family, address, false, settings.reuseAddress(), settings.reusePort(), uid());
    }

    /** The effective user id of this process; -1 where it cannot be told. */
    public static long uid() {
        try {
            return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return -1;
        }
    }
}
