package dev.rebind.agent;

import dev.rebind.diagnosis.Question;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.proc.Rights;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The socket that a generation binds, as the kernel sees it. */
public final class GenerationSocket {
    private GenerationSocket() {}

    static Candidate of(GenerationSettings settings) {
        InetAddress address = address(settings);
        Family family = address instanceof Inet4Address && !dual(settings) ? Family.IPV4 : Family.IPV6;
        return new Candidate(family, address, false, settings.reuseAddress(), settings.reusePort(), Rights.uid());
    }

    /** Returns what the generation asks the kernel for. */
    static Question question(GenerationSettings settings) {
        int port = settings.place().port();
        InetAddress address = address(settings);
        return (dual(settings) ? Question.ofJava(port, address) : Question.at(port, address))
                .with(settings.reuseAddress(), settings.reusePort());
    }

    /**
     * Whether the generation's socket is a dual-stack IPv6 socket. The JDK and Netty's own transports use such sockets, and 0.0.0.0 becomes
     * [::] (netty_unix_socket_initSockaddr). Bare sockets bind the IPv4 address that they are given.
     */
    private static boolean dual(GenerationSettings settings) {
        return !settings.processPerConnection() && !Boolean.getBoolean("java.net.preferIPv4Stack");
    }

    private static InetAddress address(GenerationSettings settings) {
        try {
            return InetAddress.getByName(settings.place().address());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(settings.place().address() + " is no address", e);
        }
    }
}
