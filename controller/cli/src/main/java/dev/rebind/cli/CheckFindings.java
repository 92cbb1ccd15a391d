package dev.rebind.cli;

import dev.rebind.agent.command.BindMessages;
import dev.rebind.agent.command.CommandReport;
import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.restart.Close;
import dev.rebind.record.AuditTruth;
import dev.rebind.record.Comeback;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.server.LeftBehind;
import dev.rebind.record.server.Listening;
import dev.rebind.record.server.Program;
import dev.rebind.report.Amounts;
import dev.rebind.sockets.options.SocketOptions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@code rebind check} found out about a server in addition to whether it comes back, one sentence for each finding. */
final class CheckFindings {
    /** Exit code of a process that SIGKILL ended: 128 + 9. The next constant is that of SIGTERM: 128 + 15. */
    private static final int KILLED = 137;

    private static final int TERMINATED = 143;
    /** The shortest start that gets a sentence. Such a start makes up most of the downtime. */
    private static final double SLOW_START_MS = 1_000;

    private final List<CycleRecord> records;
    private final int port;
    private final boolean held;
    private final WaySentences found = new WaySentences();

    /** @param held whether the clients only hold connections and send no requests */
    CheckFindings(List<CycleRecord> records, int port, boolean held) {
        this.records = records;
        this.port = port;
        this.held = held;
    }

    /** Returns the findings, see {@link WaySentences#lines}. */
    List<String> lines() {
        records.stream()
                .map(CycleRecord::program)
                .filter(Objects::nonNull)
                .filter(program -> listening(program) != null)
                .findFirst()
                .ifPresent(program -> options(Objects.requireNonNull(listening(program)), others(program)));
        records.stream()
                .map(CycleRecord::program)
                .filter(Objects::nonNull)
                .map(Program::inherited)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(its -> InheritedText.lines(its).forEach(found::add));
        slowStart();
        for (CycleRecord record : records) {
            Program program = record.program();
            if (program != null) {
                of(record, program);
            }
            of(record);
        }
        return found.lines();
    }

    private void say(CycleRecord record, String sentence) {
        found.add(record.experiment(), sentence);
    }

    private void of(CycleRecord record, Program program) {
        if (program.audit() != null && AuditTruth.of(record) == AuditTruth.did_not) {
            say(record, "rebind audit said of it before: " + program.audit().text() + ". The restart did otherwise.");
        }
        leftBehind(record);
        if (program.exitCode() != null && !asOrdered(record, program.exitCode())) {
            say(record, "its main process ended with " + CommandReport.ending(program.exitCode()) + ".");
        }
        if (program.words() != null && record.outcome() != null) {
            String words = String.join("\n", program.words());
            say(
                    record,
                    "in its own words: "
                            + BindMessages.line(words, port)
                                    .orElse(program.words().getLast()));
        }
    }

    private void of(CycleRecord record) {
        if (record.outcome() == Outcome.failed || Comeback.of(record) instanceof Comeback.NotKnown) {
            say(record, record.explanation());
        }
        ClientView clients = record.clients();
        if (record.outcome() == Outcome.bound
                && record.residue() != null
                && !hasLeft(record)
                && clients != null
                && clients.resets() > 0) {
            say(
                    record,
                    "nothing was left on its port: its clients saw "
                            + Amounts.count(clients.resets(), "connection", "connections")
                            + " reset, and a reset leaves nothing.");
        }
        if (record.closedBy().equals(Close.none.name()) && record.beside() != null) {
            record.beside().forEach(one -> say(record, "until the old one ends: " + one.text()));
        }
        if (record.warnings() != null) {
            record.warnings().forEach(warning -> say(record, warning));
        }
    }

    private static @Nullable Listening listening(Program program) {
        return program.old() != null ? program.old() : program.fresh();
    }

    private static List<Listening> others(Program program) {
        return program.others() == null ? List.of() : program.others();
    }

    /** Whether the server ended with code 0, or by the very signal that it was sent. */
    private static boolean asOrdered(CycleRecord record, int exitCode) {
        return exitCode == 0 || exitCode == (record.closedBy().equals(Close.kill.name()) ? KILLED : TERMINATED);
    }

    private void options(Listening listening, List<Listening> others) {
        found.add("It listens on " + told(listening) + ", as read from its socket.");
        // Workers that listen by themselves each have a socket, all on one address and with the same options.
        others.stream()
                .map(CheckFindings::told)
                .filter(told -> !told.equals(told(listening)))
                .forEach(told -> found.add("It also listens on " + told + "."));
        Boolean read = listening.reuseAddress();
        // With several listeners, nobody knows which one failed to bind.
        boolean alike = others.stream().allMatch(other -> Objects.equals(other.reuseAddress(), read));
        Set<Boolean> shown = records.stream()
                .map(CheckFindings::shown)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        if (shown.size() == 1 && read != null && alike) {
            agreement(read, shown.iterator().next());
        } else if (shown.size() > 1) {
            found.add(
                    "Its restarts do not agree on that: it bound over what was left once, and could not another time.");
        } else if (read != null && shown.isEmpty()) {
            found.add(notShown());
        }
        if (others.stream().allMatch(other -> Objects.equals(other.reusePort(), listening.reusePort()))) {
            byPort(listening.reusePort());
        }
        if (Stream.concat(Stream.of(listening), others.stream())
                .anyMatch(one -> Boolean.TRUE.equals(one.inheritable()))) {
            found.add(
                    "Its listener is not close-on-exec: a program that it starts keeps the port when it outlives it, unless the"
                            + " server closes the descriptor there.");
        }
    }

    private static String told(Listening listening) {
        return listening.local() + " with SO_REUSEADDR " + onOff(listening.reuseAddress()) + " and SO_REUSEPORT "
                + onOff(listening.reusePort());
    }

    private void agreement(boolean read, boolean behaves) {
        String does = behaves
                ? "it bound over what its former run had left."
                : "it could not bind beside what its former run had left.";
        if (behaves == read) {
            found.add("Its restarts show the same: " + does);
        } else if (read) {
            found.add(
                    "Its restarts show otherwise: " + does
                            + " So does a program that sets the option after bind, or first tries the port with a socket that lacks it.");
        } else {
            found.add("Its restarts show otherwise: " + does + " One of the two is not told right; please report it.");
        }
    }

    /** Compares SO_REUSEPORT, as read from the socket, with what a new run could do while the old one listened. */
    private void byPort(@Nullable Boolean read) {
        Set<Boolean> shown = records.stream()
                .map(CheckFindings::shownByPort)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        if (read == null || shown.size() != 1) {
            return;
        }
        boolean binds = shown.iterator().next();
        String does = binds ? "it bound while the old one listened." : "it could not bind while the old one listened.";
        if (binds == read) {
            found.add("A new run shows the same of SO_REUSEPORT: " + does);
        } else {
            found.add("A new run shows otherwise of SO_REUSEPORT: " + does
                    + (read
                            ? " So does a program that sets the option after bind, or runs as another user then."
                            : " One of the two is not told right; please report it."));
        }
    }

    /** Whether a run next to the old one shows that SO_REUSEPORT is on; null where it shows nothing. */
    private static @Nullable Boolean shownByPort(CycleRecord record) {
        if (!record.closedBy().equals(Close.none.name()) || record.outcome() == null) {
            return null;
        }
        return switch (record.outcome()) {
            case bound -> sharesClients(record) ? Boolean.TRUE : null;
            case failed -> record.cause() == Cause.listener_old ? Boolean.FALSE : null;
        };
    }

    /** Whether another listener has the same address. On a different address, the server may bind without SO_REUSEPORT. */
    private static boolean sharesClients(CycleRecord record) {
        return record.beside() != null
                && record.beside().stream().anyMatch(one -> one.gets().equals("a_share"));
    }

    private String notShown() {
        if (records.stream().allMatch(record -> record.outcome() == null)) {
            return "No restart was carried out that could show that.";
        }
        if (records.stream()
                .anyMatch(record -> record.outcome() == Outcome.bound && isByPort(record) && hasLeft(record))) {
            return "Its restarts do not show that of SO_REUSEADDR: with SO_REUSEPORT it binds beside what its former run has"
                    + " left, whatever SO_REUSEADDR is.";
        }
        if (records.stream()
                .anyMatch(record -> record.outcome() == Outcome.failed && record.cause() == Cause.unknown)) {
            return "Its restarts do not show that: why it did not come back is not known.";
        }
        return records.stream().anyMatch(record -> record.outcome() == Outcome.failed)
                ? "Its restarts do not show that: what stood in the way does so whatever the option is."
                : "Its restarts do not show that: nothing was left that would have stood in the way.";
    }

    /**
     * Whether a server that is known to bind without SO_REUSEADDR was restarted only with nothing in its way, for example because each of
     * its connections was reset. The check then did not try what happens with leftover sockets.
     */
    static boolean isUntried(List<CycleRecord> records) {
        return records.stream().allMatch(record -> record.residue() != null && !hasLeft(record) && !isByPort(record))
                && records.stream()
                        .map(CycleRecord::program)
                        .filter(Objects::nonNull)
                        .map(CheckFindings::listening)
                        .filter(Objects::nonNull)
                        .anyMatch(listening -> Boolean.FALSE.equals(listening.reuseAddress()));
    }

    private static String onOff(@Nullable Boolean option) {
        return option == null ? "not known" : SocketOptions.onOff(option);
    }

    /** Whether a restart shows that SO_REUSEADDR is on; null where it shows nothing. */
    private static @Nullable Boolean shown(CycleRecord record) {
        if (record.outcome() == Outcome.failed && record.cause() != null) {
            return switch (record.cause()) {
                // None of these states blocks a bind if both sockets have the option.
                case time_wait, fin_wait2, closing, established, close_wait -> Boolean.FALSE;
                default -> null;
            };
        }
        return (record.outcome() == Outcome.bound && hasLeft(record) && !isByPort(record)) ? Boolean.TRUE : null;
    }

    private static boolean hasLeft(CycleRecord record) {
        return record.residue() != null
                && record.residue().keySet().stream().anyMatch(state -> !state.equals("LISTEN"));
    }

    /** Whether SO_REUSEPORT lets the new run bind despite the sockets that the old one has left. */
    private static boolean isByPort(CycleRecord record) {
        Program program = record.program();
        return program != null
                && program.old() != null
                && program.fresh() != null
                && Boolean.TRUE.equals(program.old().reusePort())
                && Boolean.TRUE.equals(program.fresh().reusePort());
    }

    private void slowStart() {
        records.stream()
                .map(CycleRecord::program)
                .filter(Objects::nonNull)
                .filter(program -> program.words() == null)
                .map(Program::startMs)
                .filter(Objects::nonNull)
                .max(Double::compare)
                .filter(longest -> longest >= SLOW_START_MS)
                .ifPresent(longest ->
                        found.add("It takes up to " + Amounts.duration(longest) + " from its start until it listens."));
    }

    private static List<LeftBehind> left(CycleRecord record) {
        Program program = record.program();
        return program == null || program.leftBehind() == null ? List.of() : program.leftBehind();
    }

    /** Whether processes that the old run left behind still listen on the port. */
    static boolean isHeld(CycleRecord record) {
        return left(record).stream().anyMatch(LeftBehind::listens);
    }

    /** Whether the new run has bound the port although such processes listen on it. */
    static boolean isShared(CycleRecord record) {
        return record.outcome() == Outcome.bound && isHeld(record);
    }

    private void leftBehind(CycleRecord record) {
        List<LeftBehind> left = left(record);
        if (left.isEmpty()) {
            return;
        }
        say(
                record,
                "it left "
                        + Amounts.count(left.size(), "process", "processes") + " behind: "
                        + left.stream()
                                .map(one -> one.process() + " (pid " + one.pid()
                                        + (one.listens() ? ", which keeps the port" : "") + ")")
                                .collect(Collectors.joining(", "))
                        + ".");
        if (!isHeld(record)) {
            return;
        }
        ClientView clients = record.clients();
        if (isShared(record)) {
            say(record, "what it left behind still gets a share of the clients, beside the new run (SO_REUSEPORT).");
        } else if (!held
                && record.boundAt() == null
                && clients != null
                && clients.requests() != null
                && record.downtimeMs() != null) {
            say(
                    record,
                    "what it left behind goes on to answer the clients: "
                            + Amounts.count(clients.requests().answered(), "request", "requests")
                            + " since the order to end it.");
        }
        say(
                record,
                "a supervisor that ends all processes of a server, as a container or systemd"
                        + " (KillMode=control-group) does, frees the port; one that signals the main process alone does not.");
    }
}
