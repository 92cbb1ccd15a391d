package dev.rebind.engine.machine;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Problem.Severity;
import dev.rebind.experiment.Source;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.plan.Places;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.plan.PlannedCycle.Obstacle;
import dev.rebind.plan.PlannedCycle.Server;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.proc.Rights;
import java.net.InetAddress;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks plans against this machine. A port that is free now may be taken a moment later, so a plan that fits can still fail. On other
 * systems than Linux it reports no problem, because it cannot check there.
 */
public final class MachineCheck {
    private static final boolean LINUX = System.getProperty("os.name", "").startsWith("Linux");

    private static final PortObserver.Manner MANNER = new PortObserver.Manner(false, false, false);

    private final Namespace namespace;
    private final Rights rights;

    public MachineCheck(Namespace namespace, Rights rights) {
        this.namespace = namespace;
        this.rights = rights;
    }

    /** Returns a check of this machine and of the network namespace of this process. */
    public static MachineCheck here() {
        return new MachineCheck(new Namespace(), new Rights());
    }

    /** Checks everything that the plan needs from the machine. Blocks for the time of a few system calls. */
    public RunnablePlan fit(Plan plan, Source source) {
        if (!LINUX) {
            return new RunnablePlan(plan, List.of());
        }
        var problems = new LinkedHashSet<Problem>();
        var passing = new HashSet<Problem>();
        Plan fitted = switch (plan) {
            case Plan.Cells cells -> new RunnableCells().fit(cells, source, problems);
            case Plan.Cycles cycles -> {
                for (int i = 0; i < cycles.pattern().size(); i++) {
                    // At a shared place, only the first cycle starts an old generation. Each later cycle restarts the
                    // server that the previous cycle has bound.
                    boolean begins = i == 0 || cycles.places() == Places.own;
                    cycle(cycles.pattern().get(i), i, begins, source, problems, passing);
                }
                yield cycles;
            }
        };
        return new RunnablePlan(fitted, List.copyOf(problems), passing);
    }

    /**
     * Adds the problems of one cycle.
     *
     * @param begins whether the cycle starts an old generation
     * @param passing receives those of the problems that may go away at any time
     */
    private void cycle(
            PlannedCycle cycle, int index, boolean begins, Source source, Set<Problem> problems, Set<Problem> passing) {
        Server server = cycle.server();
        String addressField = field(source, index, "target.server.address");
        if (address(server.address(), addressField, source, problems) && server.port() != 0 && begins) {
            port(cycle, field(source, index, "target.server.port"), source, problems, passing);
        }
        Obstacle obstacle = cycle.obstacle();
        if (obstacle != null && obstacle.address() != null) {
            address(obstacle.address(), field(source, index, "obstacle.address"), source, problems);
        }
        if (cycle.onFailure() == OnFailure.clear
                && !rights.has(Rights.Right.CAP_NET_ADMIN).orElse(true)) {
            problems.add(source.problem(
                    Severity.error,
                    "spec.onFailure",
                    "clear destroys sockets, which needs CAP_NET_ADMIN, and this process does not have it; write wait"
                            + " or move, or run it as root"));
        }
    }

    /** Returns the path of the field inside the step if the file has it there, and its path under {@code spec} otherwise. */
    private static String field(Source source, int index, String field) {
        String inStep = "spec.steps[" + index + "]." + field;
        return source.lines().containsKey(inStep) ? inStep : "spec." + field;
    }

    /** Returns false, and adds a problem, if the address cannot be bound on this machine. */
    private static boolean address(String address, String field, Source source, Set<Problem> problems) {
        if (!(BindTrial.bind(InetAddress.ofLiteral(address), 0, false, false) instanceof BindTrial.Refused refused)
                || isThere(refused)) {
            return true;
        }
        problems.add(source.problem(Severity.error, field, missing(address, refused)));
        return false;
    }

    /** Whether the machine has the address, although the trial bind failed because no port of {@code ip_local_port_range} was free. */
    static boolean isThere(BindTrial.Refused refused) {
        return refused.is(Errno.EADDRINUSE);
    }

    static String missing(String address, BindTrial.Refused refused) {
        if (refused.is(Errno.EAFNOSUPPORT)) {
            return "this machine has no IPv6, and " + address + " needs it; write an IPv4 address";
        }
        if (refused.is(Errno.EADDRNOTAVAIL)) {
            return address + " is not an address of this machine; write one that it has (ip address shows them), or"
                    + " 127.0.0.1";
        }
        return address + " cannot be bound on this machine (" + refused.why().getMessage() + "); write another address";
    }

    private void port(PlannedCycle cycle, String field, Source source, Set<Problem> problems, Set<Problem> passing) {
        Server server = cycle.server();
        InetAddress address = InetAddress.ofLiteral(server.address());
        int port = server.port();
        // The options and rights of a command are unknown, and leftovers that end by themselves are waited for. So only
        // a listener on the port is a problem.
        boolean command = cycle.command() != null;
        if (BindTrial.bind(address, port, command || cycle.oldReuse(), server.reusePort())
                        instanceof BindTrial.Refused refused
                && (!command || (refused.is(Errno.EADDRINUSE) && isListenedOn(port)))) {
            Problem problem = source.problem(Severity.error, field, refused(cycle, address, refused));
            problems.add(problem);
            if (refused.is(Errno.EADDRINUSE)) {
                passing.add(problem);
            }
        } else if (namespace.ephemeral(port)) {
            String range = namespace
                    .localPorts()
                    .map(ports -> ports.first() + " to " + ports.last())
                    .orElse("");
            problems.add(source.problem(
                    Severity.warning,
                    field,
                    port + " lies in net.ipv4.ip_local_port_range (" + range
                            + "): any outgoing connection can be given it, and then holds it; take a port outside, or"
                            + " list it in net.ipv4.ip_local_reserved_ports"));
        }
    }

    /** Whether a listener is visible on the port, on any address. */
    private static boolean isListenedOn(int port) {
        return SocketReaders.best().read(SocketQuery.onPort(port)) instanceof Reading.Snapshot snapshot
                && snapshot.sockets().stream().anyMatch(socket -> socket.state() == TcpState.LISTEN);
    }

    /** Returns the problem text for a port in use, with the headline of {@code rebind why}. */
    private String taken(Question question) {
        Diagnosis diagnosis = new WhyPort(namespace).diagnose(question, MANNER);
        String port = Integer.toString(question.port());
        String advice = switch (diagnosis.verdict()) {
            case FREE -> null;
            case FREE_LATER -> "Wait until then";
            case TAKEN, NOT_KNOWN -> "End what has it";
        };
        return advice == null
                ? port + " could not be bound, and what stood in the way is gone by now; try again"
                : new Screen(ZoneId.systemDefault()).headline(diagnosis) + " " + advice
                        + ", or take another port; rebind why " + port + " tells more";
    }

    private String refused(PlannedCycle cycle, InetAddress address, BindTrial.Refused refused) {
        int port = cycle.server().port();
        if (refused.is(Errno.EADDRINUSE)) {
            return taken(Question.at(port, address)
                    .with(
                            cycle.command() != null || cycle.oldReuse(),
                            cycle.server().reusePort()));
        }
        if (refused.is(Errno.EACCES)) {
            return port + " needs CAP_NET_BIND_SERVICE, which this process does not have"
                    + (namespace.unprivilegedPortStart().isPresent()
                            ? ": ports below "
                                    + namespace.unprivilegedPortStart().getAsInt()
                                    + " (net.ipv4.ip_unprivileged_port_start) do"
                            : "")
                    + "; take a higher port";
        }
        return port + " cannot be bound (" + refused.why().getMessage() + "); take another port";
    }
}
