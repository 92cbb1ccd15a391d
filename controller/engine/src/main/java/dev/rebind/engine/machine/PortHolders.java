package dev.rebind.engine.machine;

import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.BindRule;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.bind.MappedAddresses;
import dev.rebind.sockets.bind.Standing;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.proc.Owners;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names the holder of a port that could not be bound. */
final class PortHolders {
    private final SocketReader reader;
    private final Owners owners;
    private final Namespace settings;

    PortHolders(SocketReader reader, Owners owners, Namespace settings) {
        this.reader = reader;
        this.owners = owners;
        this.settings = settings;
    }

    /** The end of a sentence: {@code by 127.0.0.1:8080 in LISTEN (nginx, pid 123)}. */
    String describe(Candidate candidate, int port) {
        return switch (reader.read(SocketQuery.onPort(port))) {
            case Reading.Unreadable(String what, String why) ->
                "and by whom cannot be seen (" + what + ": " + why + ")";
            case Reading.Snapshot snapshot -> describe(inTheWay(candidate, snapshot.sockets()));
        };
    }

    /** Whether anybody is seen to listen on it, on whichever address. */
    boolean isListenedOn(int port) {
        return reader.read(SocketQuery.onPort(port)) instanceof Reading.Snapshot snapshot
                && snapshot.sockets().stream().anyMatch(socket -> socket.state() == TcpState.LISTEN);
    }

    private static List<TcpSocket> inTheWay(Candidate candidate, List<TcpSocket> sockets) {
        List<Standing> standing = sockets.stream()
                .map(socket -> new Standing(socket, Flag.UNKNOWN, Flag.UNKNOWN, v6Only(socket)))
                .toList();
        BindRule.Answer answer = BindRule.ask(candidate, standing, MappedAddresses.here());
        return Stream.concat(answer.conflicting().stream(), answer.doubtful().stream())
                .map(Standing::socket)
                .sorted(Comparator.comparing(socket -> socket.state() != TcpState.LISTEN))
                .toList();
    }

    private static Flag v6Only(TcpSocket socket) {
        return socket.v6Only() == null ? Flag.UNKNOWN : Flag.of(socket.v6Only());
    }

    private String describe(List<TcpSocket> sockets) {
        if (sockets.isEmpty()) {
            return "and no socket that stands in the way can be seen: it may have gone since";
        }
        Map<Long, Owner> known =
                owners.of(sockets.stream().map(TcpSocket::inode).collect(Collectors.toSet()));
        var groups = new LinkedHashMap<String, Integer>();
        for (TcpSocket socket : sockets) {
            String where = socket.state() == TcpState.LISTEN
                    ? socket.local() + " in LISTEN"
                    : socket.state().name();
            groups.merge(where + holder(socket, known.get(socket.inode())), 1, Integer::sum);
        }
        return "by "
                + groups.entrySet().stream()
                        .map(group -> (group.getKey().contains(" in LISTEN")
                                        ? ""
                                        : group.getValue() + (group.getValue() == 1 ? " socket in " : " sockets in "))
                                + group.getKey())
                        .collect(Collectors.joining(", "))
                + wait(sockets);
    }

    private static String holder(TcpSocket socket, @org.jspecify.annotations.Nullable Owner owner) {
        if (owner != null) {
            return " (" + owner.name() + ", pid " + owner.pid() + ")";
        }
        return socket.inode() == 0
                ? ""
                : " (a process that cannot be seen from here, with a socket of uid " + socket.uid() + ")";
    }

    /** Only leftovers go away by themselves. */
    private String wait(List<TcpSocket> sockets) {
        var states = new TreeSet<TcpState>();
        sockets.forEach(socket -> states.add(socket.state()));
        return states.equals(new TreeSet<>(List.of(TcpState.TIME_WAIT)))
                ? ", left by a server that has ended; they go away within about "
                        + settings.timeWait().toSeconds() + " s"
                : "";
    }
}
