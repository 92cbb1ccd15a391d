package dev.rebind.cycle;

import dev.rebind.experiment.ExperimentSpec.OnFailure;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Problem.Severity;
import dev.rebind.experiment.Sourced;
import dev.rebind.plan.Places;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.plan.Planner;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.proc.Owners;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What this machine has against an experiment, found out before anything is started: one bare bind, closed at once. */
final class MachineChecks {
    private static final String ADDRESS = "spec.target.server.address";
    private static final String PORT = "spec.target.server.port";
    /** CAP_NET_ADMIN of {@code include/uapi/linux/capability.h}. */
    private static final int CAP_NET_ADMIN = 12;

    private final Sourced sourced;
    private final List<Problem> problems = new ArrayList<>();

    private MachineChecks(Sourced sourced) {
        this.sourced = sourced;
    }

    static List<Problem> of(Sourced sourced) {
        var checks = new MachineChecks(sourced);
        // Elsewhere sockets are not seen and not probed: the run itself says what it cannot know.
        if (System.getProperty("os.name", "").startsWith("Linux")
                && Planner.plan(sourced.experiment()) instanceof Plan.Cycles cycles) {
            checks.check(cycles);
        }
        return checks.problems;
    }

    private void check(Plan.Cycles plan) {
        PlannedCycle first = plan.pattern().getFirst();
        int port = first.server().port();
        if (plan.pattern().stream().anyMatch(cycle -> cycle.onFailure() == OnFailure.clear) && !may(CAP_NET_ADMIN)) {
            error(
                    "spec.onFailure",
                    "clear destroys sockets, which needs CAP_NET_ADMIN; run as root, or use wait or move");
        }
        if (port != 0 && new Namespace().ephemeral(port)) {
            problems.add(sourced.source()
                    .problem(
                            Severity.warning,
                            PORT,
                            "port " + port
                                    + " lies in net.ipv4.ip_local_port_range: any outgoing connection may be given it;"
                                    + " list it in net.ipv4.ip_local_reserved_ports, or use another"));
        }
        String address = plan.places() == Places.own && port != 0
                ? "127.0.0.1"
                : first.server().address();
        bind(address, port, first);
    }

    private void bind(String literal, int port, PlannedCycle first) {
        InetAddress address;
        try {
            address = InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            error(ADDRESS, literal + " is no address");
            return;
        }
        Family family = address instanceof Inet4Address ? Family.IPV4 : Family.IPV6;
        try (var socket = PosixSocket.open(family)) {
            socket.reuseAddress(first.oldReuse()).reusePort(first.server().reusePort());
            socket.bind(new Endpoint(address, port));
            socket.listen(1);
        } catch (PosixException e) {
            refused(literal, port, e);
        }
    }

    private void refused(String address, int port, PosixException e) {
        switch (e.errno()) {
            case "EADDRINUSE" -> error(PORT, "port " + port + " is taken" + byWhom(port) + "; nothing was started");
            case "EACCES" ->
                error(
                        PORT,
                        "port " + port
                                + " needs CAP_NET_BIND_SERVICE, as it is below net.ipv4.ip_unprivileged_port_start;"
                                + " use a higher one, or run with that right");
            case "EADDRNOTAVAIL" -> error(ADDRESS, address + " is no address of this machine");
            case "EAFNOSUPPORT" -> error(ADDRESS, "this machine has no " + (address.contains(":") ? "IPv6" : "IPv4"));
            default -> error(PORT, address + " cannot be bound: " + e.getMessage());
        }
    }

    private static String byWhom(int port) {
        return switch (SocketReaders.best().read(SocketQuery.onPort(port))) {
            case Reading.Unreadable unreadable -> " (by whom could not be read: " + unreadable.why() + ")";
            case Reading.Snapshot snapshot -> {
                Map<Long, Owner> owners = new Owners()
                        .of(snapshot.sockets().stream().map(TcpSocket::inode).collect(Collectors.toSet()));
                String who = snapshot.sockets().stream()
                        .map(socket -> owners.get(socket.inode()))
                        .filter(Objects::nonNull)
                        .distinct()
                        .map(owner -> owner.name() + ", pid " + owner.pid())
                        .collect(Collectors.joining("; "));
                yield ": " + Texts.counts(States.count(snapshot.sockets()))
                        + (who.isEmpty() ? " of a process that is gone or cannot be seen" : " of " + who);
            }
        };
    }

    private static boolean may(int capability) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapEff:")) {
                    return ((Long.parseUnsignedLong(line.substring(7).strip(), 16) >>> capability) & 1) == 1;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return false;
        }
        return false;
    }

    private void error(String field, String message) {
        problems.add(sourced.source().problem(Severity.error, field, message));
    }
}
