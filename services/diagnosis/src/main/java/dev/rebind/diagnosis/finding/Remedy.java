package dev.rebind.diagnosis.finding;

import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.Family;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Something that lets the server bind. Each was computed: it is said only where it holds. */
public sealed interface Remedy {
    /**
     * @param pids the processes that must all end
     * @param bySigkill whether SIGTERM does not end one of them
     */
    record EndProcesses(List<Integer> pids, boolean parentsOfOthers, boolean bySigkill) implements Remedy {
        public EndProcesses {
            pids = List.copyOf(pids);
        }
    }

    /** Process 1 of the PID namespace, which no signal from inside ends. */
    record EndFromOutside(int pid) implements Remedy {}

    /** @param manager the uid of the user whose service manager has the unit; empty for a unit of the system */
    record StopUnit(String unit, OptionalLong manager) implements Remedy {}

    /**
     * The service manager holds the socket for a unit that is not known.
     *
     * @param manager the uid of the user whose service manager it is; empty for that of the system
     */
    record StopSocketUnit(OptionalLong manager) implements Remedy {}

    /**
     * The holder only forwards the port to a container.
     *
     * @param target the container's address and port
     */
    record StopProxied(String target) implements Remedy {}

    record StopContainer(String id, Optional<String> pod) implements Remedy {}

    /** Somebody else can see who has the socket, and end it. */
    record FindAsRoot(long uid, Optional<String> user, Seer seer) implements Remedy {}

    /** Who sees it. */
    enum Seer {
        ROOT,
        /** Root, and perhaps the user who opened the socket. */
        ROOT_OR_USER,
        /** Root outside of the user namespace of this process, which does not show the user. */
        ROOT_OUTSIDE,
        /** It is root that looks: root with CAP_SYS_PTRACE. */
        CAPABILITY
    }

    /** @param places one-family places that are free */
    record OneFamily(List<Place> places) implements Remedy {
        public OneFamily {
            places = List.copyOf(places);
        }
    }

    /**
     * @param free addresses of this machine that can be bound
     * @param taken those that cannot
     */
    record OtherAddress(List<InetAddress> free, List<InetAddress> taken) implements Remedy {
        public OtherAddress {
            free = List.copyOf(free);
            taken = List.copyOf(taken);
        }
    }

    /** @param free network devices on which a server for every address binds; at least one */
    record OtherDevice(List<String> free) implements Remedy {
        public OtherDevice {
            free = List.copyOf(free);
        }
    }

    /** Set SO_REUSEADDR on the new socket: the sockets that are left have it. */
    record ReuseAddressHere() implements Remedy {}

    /**
     * SO_REUSEADDR would have to be on at both sides.
     *
     * @param heldWithout whether what is left is known to lack it; false where nobody knows
     * @param live whether what is left is an open connection, of a process whose program could set it
     */
    record ReuseAddressBoth(boolean heldWithout, boolean live) implements Remedy {}

    /** The listener lacks SO_REUSEADDR: connections that it closes first will keep the port after its end. */
    record ReuseAddressOfHolder() implements Remedy {}

    /**
     * Set SO_REUSEPORT: the holder has it and is of the same user; both then share the clients.
     *
     * @param uid of the user who asks
     * @param withReuseAddress whether SO_REUSEADDR is needed as well, for what connections have left
     */
    record ReusePortHere(long uid, boolean withReuseAddress) implements Remedy {}

    /** SO_REUSEPORT, as the user of the holder. */
    record ReusePortAsUser(long uid, Optional<String> user) implements Remedy {}

    /** Whether the holder has SO_REUSEPORT cannot be read; where it has, it would let the server bind. */
    record ReusePortPerhaps() implements Remedy {}

    /** @param after not before; the time of the look is 0 */
    record Wait(Duration after) implements Remedy {}

    record AnotherPort() implements Remedy {}

    /** Keep the port from connections that go out. */
    record ReservePort() implements Remedy {}

    /** The program bound the port itself before it connected. */
    record NotFromRange() implements Remedy {}

    /** The server should open its listener close-on-exec. */
    record CloseOnExec() implements Remedy {}

    /** The program does not close what its clients have closed. */
    record CloseConnections() implements Remedy {}

    /** One listener of this process is enough, or the second needs another port. */
    record OneListener() implements Remedy {}

    /** @param counts false where an outer user namespace owns the network: a capability of the program does not help there */
    record GrantCapability(int start, boolean counts) implements Remedy {}

    record AskSecurity() implements Remedy {}

    /** @param every whether a wildcard binds, too */
    record UseLocalAddress(List<InetAddress> usable, boolean every) implements Remedy {
        public UseLocalAddress {
            usable = List.copyOf(usable);
        }
    }

    /** @param family that of the address: each has a setting of its own */
    record NonlocalBind(Family family) implements Remedy {}

    /** The device that has the address is down. */
    record DeviceUp(String device) implements Remedy {}

    /** What a remedy is for. Remedies are told in this order, those of one aim as they were found. */
    enum Aim {
        /** It solves the cause: what stands in the way goes, or no longer stands in the way. */
        SOLVES,
        /** The port becomes free by itself. */
        WAITS,
        /** It keeps the cause from coming back. */
        PREVENTS,
        /** It keeps what the cause leaves from blocking the next restart. */
        OUTLIVES,
        /** The server goes around what stands in the way. */
        AVOIDS
    }

    default Aim aim() {
        return switch (this) {
            case EndProcesses _,
                    EndFromOutside _,
                    StopUnit _,
                    StopSocketUnit _,
                    StopProxied _,
                    StopContainer _,
                    FindAsRoot _,
                    ReuseAddressHere _,
                    OneListener _,
                    GrantCapability _,
                    AskSecurity _,
                    DeviceUp _ -> Aim.SOLVES;
            case Wait _ -> Aim.WAITS;
            case ReservePort _, NotFromRange _, CloseOnExec _, CloseConnections _ -> Aim.PREVENTS;
            case ReuseAddressBoth _, ReuseAddressOfHolder _ -> Aim.OUTLIVES;
            case OneFamily _,
                    OtherAddress _,
                    OtherDevice _,
                    ReusePortHere _,
                    ReusePortAsUser _,
                    ReusePortPerhaps _,
                    UseLocalAddress _,
                    NonlocalBind _,
                    AnotherPort _ -> Aim.AVOIDS;
        };
    }

    /** Whether it is something for now; else it keeps the failure from coming back. */
    default boolean now() {
        return switch (aim()) {
            case SOLVES, WAITS, AVOIDS -> true;
            case PREVENTS, OUTLIVES -> false;
        };
    }
}
