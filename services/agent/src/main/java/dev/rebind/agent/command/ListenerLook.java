package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Place;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.ForeignText;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.owners.Owners;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Checks whether one of a run's processes listens where it should. Blocks for milliseconds. */
final class ListenerLook {
    private static final Set<TcpState> LISTEN = Set.of(TcpState.LISTEN);

    private final SocketReader reader;
    private final Owners owners = new Owners();

    ListenerLook(SocketReader reader) {
        this.reader = reader;
    }

    sealed interface Answer {
        /** A process listens at the place, or at a wildcard that takes its clients. */
        record Here() implements Answer {}

        /** @param others where the run listens instead */
        record Elsewhere(List<TcpSocket> others) implements Answer {
            public Elsewhere {
                others = List.copyOf(others);
            }

            /** Returns where the run listens, as a clause without its subject. */
            String where(Place asked) {
                Set<String> where = others.stream()
                        .map(socket -> socket.local()
                                + (Boolean.TRUE.equals(socket.v6Only())
                                                && socket.local().address().isAnyLocalAddress()
                                        ? " (IPv6 only)"
                                        : ""))
                        .collect(Collectors.toCollection(TreeSet::new));
                return "listens on " + String.join(", ", where) + ", and not on " + asked;
            }

            /** Returns where the run listens, and which port or address to ask for instead. */
            String instead(Place asked) {
                Optional<TcpSocket> there = others.stream()
                        .filter(socket -> socket.local().port() == asked.port())
                        .findFirst();
                InetAddress address =
                        there.map(socket -> socket.local().address()).orElse(InetAddress.ofLiteral(asked.address()));
                String option = there.isEmpty()
                        ? "--port " + others.getFirst().local().port()
                        : "--address "
                                + (address.isAnyLocalAddress() ? "::1" : new Endpoint(address, asked.port()).host());
                return where(asked) + "; " + option + (there.isEmpty() ? " is its port" : " reaches it");
            }
        }

        record Nowhere() implements Answer {}

        /**
         * None of the run's processes listens here, and one of them is in another network namespace, whose listeners this class does not
         * look at.
         *
         * @param process its name and pid
         */
        record OtherNetwork(String process) implements Answer {}

        record Unreadable(String why) implements Answer {}
    }

    Answer at(Place place, List<ProcessHandle> processes) {
        if (processes.isEmpty()) {
            return new Answer.Nowhere();
        }
        return switch (reader.read(SocketQuery.all().in(LISTEN))) {
            case Reading.Unreadable unreadable -> new Answer.Unreadable(unreadable.why());
            case Reading.Snapshot snapshot -> {
                List<TcpSocket> own = own(snapshot.sockets(), processes);
                if (own.stream().anyMatch(socket -> takes(socket, place))) {
                    yield new Answer.Here();
                }
                yield own.isEmpty() ? nowhere(processes) : new Answer.Elsewhere(own);
            }
        };
    }

    /** Returns the answer for processes without a listener here: whether all of them are in this namespace, and could be examined. */
    private static Answer nowhere(List<ProcessHandle> processes) {
        Answer answer = new Answer.Nowhere();
        for (ProcessHandle process : processes) {
            try {
                if (!network(process.pid())
                        .equals(network(ProcessHandle.current().pid()))) {
                    return new Answer.OtherNetwork(told(process));
                }
            } catch (NoSuchFileException e) {
                // The process has ended and listens nowhere.
            } catch (IOException e) {
                answer = new Answer.Unreadable(told(process) + " cannot be looked into by this user");
            }
        }
        return answer;
    }

    /** Returns the name of the network namespace in the form of namespaces(7), such as {@code net:[4026531840]}. */
    private static Path network(long pid) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net"));
    }

    private static String told(ProcessHandle process) {
        return name(process) + " (pid " + process.pid() + ")";
    }

    /** Returns the ports on which one of these processes listens, the lowest first; empty where the sockets cannot be read. */
    List<Integer> ports(List<ProcessHandle> processes) {
        return reader.read(SocketQuery.all().in(LISTEN)) instanceof Reading.Snapshot snapshot
                ? own(snapshot.sockets(), processes).stream()
                        .map(socket -> socket.local().port())
                        .distinct()
                        .sorted()
                        .toList()
                : List.of();
    }

    private List<TcpSocket> own(List<TcpSocket> listeners, List<ProcessHandle> processes) {
        Set<Long> pids = processes.stream().map(ProcessHandle::pid).collect(Collectors.toSet());
        Set<Long> inodes = listeners.stream().map(TcpSocket::inode).collect(Collectors.toSet());
        Map<Long, Owner> found = owners.among(inodes, pids);
        return listeners.stream()
                .filter(socket -> found.containsKey(socket.inode()))
                .toList();
    }

    /** Whether the listener gets the clients that connect to the place. */
    static boolean takes(TcpSocket listener, Place place) {
        InetAddress at = listener.local().address();
        InetAddress wanted = InetAddress.ofLiteral(place.address());
        if (listener.local().port() != place.port()) {
            return false;
        }
        boolean both = !(at instanceof Inet4Address) && !Boolean.TRUE.equals(listener.v6Only());
        return at.equals(wanted)
                || wanted.isAnyLocalAddress()
                || (at.isAnyLocalAddress() && (both || at instanceof Inet4Address == wanted instanceof Inet4Address));
    }

    /** Whether a process has one of the run's listeners, or its own listener in the same place. */
    boolean hasListener(ProcessHandle process, CommandRun.Bound bound) {
        Set<Long> inodes = bound.listeners().stream()
                .flatMap(listener -> listener.sockets().stream())
                .map(TcpSocket::inode)
                .collect(Collectors.toSet());
        return !owners.among(inodes, Set.of(process.pid())).isEmpty()
                || at(bound.run().place(), List.of(process)) instanceof Answer.Here;
    }

    /** Returns the kernel's name of the process, at most 15 bytes, cleaned by {@link ForeignText#name}. */
    static String name(ProcessHandle process) {
        try {
            return ForeignText.name(new String(
                    Files.readAllBytes(Path.of("/proc/" + process.pid() + "/comm")), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return "?";
        }
    }
}
