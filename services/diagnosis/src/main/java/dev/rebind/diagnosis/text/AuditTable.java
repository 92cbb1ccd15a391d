package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.Audit;
import dev.rebind.diagnosis.Audit.Verdict;
import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.diagnosis.text.table.Aligned;
import dev.rebind.diagnosis.text.table.Sheet;
import dev.rebind.diagnosis.text.table.Wrap;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.options.SocketOptions;
import dev.rebind.sockets.posix.Errno;
import java.net.InetAddress;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The listeners of a machine in a table, those first that would not come back at once. Pure. */
public final class AuditTable {
    private static final int PROGRAM = 28;
    private static final List<Sheet.Column> COLUMNS = List.of(
            Sheet.Column.titled("Port", 5),
            Sheet.Column.of("Address", 22),
            Sheet.Column.of("Program", PROGRAM),
            Sheet.Column.of("REUSEADDR", 0),
            Sheet.Column.of("REUSEPORT", 0),
            Sheet.Column.of("After a restart now", 0));

    private final ZoneId zone;

    /** @param zone in which times of day are told */
    public AuditTable(ZoneId zone) {
        this.zone = zone;
    }

    /** In lines that have no end, as for a file or a pipe. */
    public List<String> lines(Audit.Read audit) {
        return lines(audit, Sheet.ENDLESS);
    }

    /** @param width of a line in characters */
    public List<String> lines(Audit.Read audit, int width) {
        if (audit.listeners().isEmpty()) {
            return Wrap.lines("Nobody listens on a TCP port of this network namespace.", width);
        }
        List<Sheet.Entry> entries = audit.listeners().stream()
                .sorted(Comparator.comparingInt(AuditTable::gravity))
                .map(listener -> entry(audit, listener))
                .toList();
        var lines = new ArrayList<>(new Sheet(Aligned.GAP, 7, COLUMNS, entries).lines(width));
        lines.add("");
        lines.addAll(Wrap.lines(sum(audit), width));
        return lines;
    }

    /** The lower, the worse. */
    public static int gravity(AuditedListener listener) {
        return switch (listener.restart()) {
            case RestartOutlook.Refused _ -> 0;
            case RestartOutlook.Blocked _ -> 1;
            case RestartOutlook.BlockedByItsConnections its -> its.idle() ? 4 : 2;
            case RestartOutlook.CannotTell _ -> 3;
            case RestartOutlook.BindsAtOnce _ -> 5;
        };
    }

    private Sheet.Entry entry(Audit.Read audit, AuditedListener listener) {
        Endpoint local = listener.first().local();
        return new Sheet.Entry(
                "Port " + local.port(),
                List.of(
                        Integer.toString(local.port()),
                        local.toString().substring(0, local.toString().lastIndexOf(':')),
                        Words.cut(HolderText.name(listener.holder()), PROGRAM),
                        listener.options()
                                .map(options -> SocketOptions.onOff(options.reuseAddress()))
                                .orElse("?"),
                        listener.options()
                                .map(options -> SocketOptions.onOff(options.reusePort()))
                                .orElse("?"),
                        restart(audit, listener)),
                notes(listener));
    }

    /** What a restart would meet, a clause without a full stop. */
    public String restart(Audit.Read audit, AuditedListener listener) {
        return switch (listener.restart()) {
            case RestartOutlook.BindsAtOnce _ -> "binds at once";
            case RestartOutlook.BlockedByItsConnections its -> {
                String time = Words.whole(its.blockedFor()) + (its.assumed() ? " (assumed)" : "");
                yield its.idle()
                        ? "binds at once, as no connection is open now; each that it closes first would block it for "
                                + time
                        : "would be blocked for " + time + " by connections that it closes first (" + its.open()
                                + (its.open() == 1 ? " is open" : " are open") + lacking(listener) + resets(its) + ")";
            }
            case RestartOutlook.Blocked blocked -> blocked(audit, blocked);
            case RestartOutlook.Refused(Cause _, Refusal why) ->
                refused(why, listener.first().local().port());
            case RestartOutlook.CannotTell(RestartOutlook.Missing missing) -> "cannot be told: " + missing(missing);
        };
    }

    private static String resets(RestartOutlook.BlockedByItsConnections its) {
        if (its.reset() == 0) {
            return "";
        }
        String which = its.reset() < its.open() ? its.reset() + " of them" : its.open() == 1 ? "it" : "them";
        return "; a close now resets " + which + ", which leaves nothing";
    }

    /** Why connections block the bind of a listener that has the option. */
    private static String lacking(AuditedListener listener) {
        return listener.options().filter(SocketOptions::reuseAddress).isPresent()
                ? " without SO_REUSEADDR, which the listener has"
                : "";
    }

    private String blocked(Audit.Read audit, RestartOutlook.Blocked blocked) {
        String what = Words.count(blocked.sockets(), "socket") + " (" + blocked.cause()
                + (blocked.holder() instanceof Holder.Nobody ? "" : ", " + HolderText.name(blocked.holder())) + ")";
        return "is blocked by " + what + "; free " + new EndingText(audit.at(), zone, Tense.LIVE).when(blocked.until());
    }

    /** The errno that the server would get is in each. */
    private static String refused(Refusal why, int port) {
        return switch (why) {
            case Refusal.NotLocal(InetAddress address, List<InetAddress> _) ->
                "is refused with EADDRNOTAVAIL: " + new Endpoint(address, 0).host()
                        + " is no address of this machine any more";
            case Refusal.Other(int errno) -> "is refused with " + Errno.name(errno) + ": nothing tells why";
            case Refusal.Privileged _,
                    Refusal.Security _,
                    Refusal.Tentative _,
                    Refusal.Duplicate _,
                    Refusal.Down _,
                    Refusal.NoCarrier _,
                    Refusal.Disabled _,
                    Refusal.NoZone _ -> "is refused: " + LimitText.clause(why, port);
        };
    }

    private static String missing(RestartOutlook.Missing missing) {
        return switch (missing) {
            case RestartOutlook.Missing.Unseen(Holder.Unseen holder) ->
                "which process has the socket of " + HolderText.user(holder.uid(), holder.user()) + " is not seen; "
                        + right(holder.why());
            case RestartOutlook.Missing.Options(int pid, String why) ->
                "the options of pid " + pid + " are not shown (" + why
                        + "); its user, or root with CAP_SYS_PTRACE, can read them";
            case RestartOutlook.Missing.DualStack _ -> "/proc does not show IPV6_V6ONLY";
            case RestartOutlook.Missing.Device(int index) ->
                "the network device that it is bound to (index " + index
                        + ") is not there any more, and whether one of its name is there again is not known";
            case RestartOutlook.Missing.Nonlocal(InetAddress address) ->
                "the kernel refuses " + new Endpoint(address, 0).host()
                        + " now, and whether the program sets IP_FREEBIND or IP_TRANSPARENT is not known";
            case RestartOutlook.Missing.Privilege(int start) ->
                "the port is below net.ipv4.ip_unprivileged_port_start (" + start
                        + "), and its processes do not have CAP_NET_BIND_SERVICE now; whether it is started with it is not"
                        + " known";
            case RestartOutlook.Missing.OthersOptions(int sockets) ->
                "whether " + Words.count(sockets, "socket") + " of somebody else on the port "
                        + (sockets == 1 ? "has" : "have") + " SO_REUSEADDR is not known";
            case RestartOutlook.Missing.OthersEnd(int server, List<Holder.Found> others) -> othersEnd(server, others);
        };
    }

    private static boolean outlived(AuditedListener listener) {
        return listener.restart() instanceof RestartOutlook.CannotTell(RestartOutlook.Missing missing)
                && missing instanceof RestartOutlook.Missing.OthersEnd;
    }

    private static String othersEnd(int server, List<Holder.Found> others) {
        boolean one = others.size() == 1;
        return HolderText.name(new Holder.Processes(others)) + (one ? " has" : " have")
                + " the listener too, and whether "
                + (one ? "it ends" : "they end") + " with process " + server + " is not known; while "
                + (one ? "it" : "one of them") + " lives, the port stays taken";
    }

    private static String right(Holder.Why why) {
        return switch (why) {
            case OTHER_USERS -> "that user, or root with CAP_SYS_PTRACE, can see it";
            case OWN_HIDDEN -> "root with CAP_SYS_PTRACE can see it";
            case NO_CAPABILITY -> "it needs CAP_SYS_PTRACE";
            case SOME_HIDDEN -> "a security module hides some processes";
            case NOT_HERE -> "it may be in another PID namespace";
            case NO_LIST -> "there is no list of processes";
            case NOT_SOUGHT -> "its process is not seen from outside";
            case CLOSED_MEANWHILE -> "it was closed meanwhile";
        };
    }

    private static List<String> notes(AuditedListener listener) {
        var notes = new ArrayList<String>();
        if (listener.ephemeral()) {
            notes.add(
                    "The port is in ip_local_port_range: a connection that goes out may take it while the server is down.");
        }
        if (listener.holder() instanceof Holder.Processes processes
                && processes.all().size() > 1
                && !outlived(listener)) {
            notes.add("The port is free when the last of these processes has ended.");
        }
        if (listener.inheritable().orElse(false)) {
            notes.add("Its descriptor is not close-on-exec: a program that the server starts keeps the port when it"
                    + " outlives it, unless the server closes the descriptor there.");
        }
        long dropped = listener.dropped().orElse(0);
        if (dropped > 0) {
            notes.add(Words.count((int) Math.min(dropped, Integer.MAX_VALUE), "connection request")
                    + (dropped == 1 ? " was" : " were")
                    + " dropped: its queue was full, as a rule"
                    + (listener.backlog().isPresent()
                            ? " (it takes " + listener.backlog().getAsLong() + ")"
                            : "")
                    + ".");
        }
        if (listener.queue() > 0) {
            notes.add(Words.count((int) listener.queue(), "client") + (listener.queue() == 1 ? " waits" : " wait")
                    + " to be accepted.");
        }
        if (!listener.connections().isEmpty()) {
            notes.add("Connections: "
                    + listener.connections().entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(entry ->
                                    entry.getValue() + " " + entry.getKey().name())
                            .collect(Collectors.joining(", "))
                    + ".");
        }
        return notes;
    }

    private static String sum(Audit.Read audit) {
        long blocked = count(audit, Verdict.WOULD_BE_BLOCKED);
        long unknown = count(audit, Verdict.NOT_KNOWN);
        long fine = count(audit, Verdict.BINDS_AT_ONCE);
        long idle = audit.listeners().stream()
                .filter(listener ->
                        listener.restart() instanceof RestartOutlook.BlockedByItsConnections its && its.idle())
                .count();
        return Words.count(audit.listeners().size(), "listener") + ": " + fine + (fine == 1 ? " binds" : " bind")
                + " at once after a restart"
                + (idle == 0 ? "" : " (" + idle + " of them only while no client is connected)") + ", " + blocked
                + " would be blocked, " + unknown
                + " cannot be told.";
    }

    private static long count(Audit.Read audit, Verdict verdict) {
        return audit.listeners().stream()
                .filter(listener -> Verdict.of(listener.restart()) == verdict)
                .count();
    }
}
