package dev.rebind.cli;

import dev.rebind.diagnosis.Audit;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.look.NetNamespaces;
import dev.rebind.diagnosis.text.AuditTable;
import dev.rebind.report.terminal.Terminal;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.Optional;
import java.util.stream.Stream;

/** The part of {@code rebind audit} about one running process: what its restart would meet. It does not touch the process. */
final class CheckedProcess {
    private final long pid;

    CheckedProcess(long pid) {
        this.pid = pid;
    }

    int answer(PrintWriter err, PrintWriter out) throws InterruptedException {
        if (ProcessHandle.of(pid).isEmpty()) {
            err.println("rebind: there is no process " + pid);
            return ExitCode.USAGE;
        }
        return switch (NetNamespaces.in(NetNamespaces.ofProcess(pid), () -> new WhyPort().audit())) {
            case NetNamespaces.Answer.Failed<Audit>(String why) -> unknown(why, err);
            case NetNamespaces.Answer.Done<Audit>(Audit.Unread unread) -> unknown(unread.why(), err);
            case NetNamespaces.Answer.Done<Audit>(Audit.Read all) -> {
                var own = new Audit.Read(
                        all.at(), all.listeners().stream().filter(this::isOwn).toList());
                if (own.listeners().isEmpty()) {
                    yield unknown("neither process " + pid + " nor a child of it is seen to listen on a TCP port", err);
                }
                new AuditTable(ZoneId.systemDefault())
                        .lines(own, Terminal.detect().lineWidth())
                        .forEach(out::println);
                out.flush();
                yield own.verdict().exitCode();
            }
        };
    }

    private boolean isOwn(AuditedListener listener) {
        return listener.holder().seen().stream().anyMatch(found -> descends(found.pid()));
    }

    private boolean descends(long process) {
        return Stream.iterate(ProcessHandle.of(process), Optional::isPresent, one -> one.flatMap(ProcessHandle::parent))
                .anyMatch(one -> one.get().pid() == pid);
    }

    private static int unknown(String why, PrintWriter err) {
        err.println("rebind: " + why);
        return ExitCode.INCONCLUSIVE;
    }
}
