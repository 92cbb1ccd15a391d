package dev.rebind.engine;

import dev.rebind.agent.command.BeforeStop;
import dev.rebind.agent.command.CommandAgent;
import dev.rebind.agent.command.CommandReport;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.server.Audited;
import dev.rebind.record.server.Inherited;
import dev.rebind.record.server.LeftBehind;
import dev.rebind.record.server.Listening;
import dev.rebind.record.server.Program;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** This machine, with a user's command as the server. */
final class CommandBackend extends LocalBackend {
    private final CommandAgent agent;

    CommandBackend(CommandAgent agent) {
        this.agent = agent;
    }

    /** Returns SO_REUSEADDR as the live sockets of the command show it. */
    @Override
    public @Nullable Reuse reuse(Reuse planned) {
        CommandReport report = agent.report();
        Optional<Boolean> old = first(report.old()).flatMap(CommandReport.Listening::reuseAddress);
        Optional<Boolean> fresh = first(report.fresh()).flatMap(CommandReport.Listening::reuseAddress);
        return old.isPresent() && fresh.isPresent() ? new Reuse(old.get(), fresh.get()) : null;
    }

    @Override
    public void preparing(PlannedCycle cycle) {
        agent.beforeStop();
    }

    /**
     * Always true. If the command has ended, the next try starts it again, whatever its errno or message. If it still runs, it may retry
     * its bind by itself.
     */
    @Override
    public boolean triesByItself() {
        return true;
    }

    @Override
    public boolean hasServerEnded() {
        return agent.ended().isPresent();
    }

    @Override
    public Program program() {
        CommandReport report = agent.report();
        // Without a start time the new generation has not been bound, and the process that runs is still the old one.
        OptionalInt ended = report.startNanos().isPresent() ? agent.ended() : OptionalInt.empty();
        return new Program(
                first(report.old()).map(CommandBackend::listening).orElse(null),
                first(report.fresh()).map(CommandBackend::listening).orElse(null),
                others(report.old().isEmpty() ? report.fresh() : report.old()),
                report.exitCode().isPresent() ? report.exitCode().getAsInt() : null,
                report.leftBehind().isEmpty()
                        ? null
                        : report.leftBehind().stream()
                                .map(left -> new LeftBehind(left.pid(), left.name(), left.listens()))
                                .toList(),
                ended.isPresent() ? ended.getAsInt() : null,
                inherited(report.before().inherited()),
                report.before()
                        .audit()
                        .map(audit -> new Audited(foretold(audit.restart()), audit.text()))
                        .orElse(null),
                report.startNanos().isPresent() ? Math.round(report.startNanos().getAsLong() / 1e3) / 1e3 : null,
                report.words().isEmpty() ? null : report.words(),
                String.valueOf(report.output().getFileName()));
    }

    private static Optional<CommandReport.Listening> first(List<CommandReport.Listening> listening) {
        return listening.stream().findFirst();
    }

    private static @Nullable List<Listening> others(List<CommandReport.Listening> listening) {
        return listening.size() < 2
                ? null
                : listening.stream().skip(1).map(CommandBackend::listening).toList();
    }

    private static @Nullable List<Inherited> inherited(List<BeforeStop.Inherited> its) {
        return its.isEmpty()
                ? null
                : its.stream()
                        .map(one -> new Inherited(one.pid(), one.name(), one.listeners(), one.connections()))
                        .toList();
    }

    private static Audited.Foretold foretold(RestartOutlook restart) {
        return switch (restart) {
            case RestartOutlook.BindsAtOnce _ -> Audited.Foretold.binds_at_once;
            case RestartOutlook.BlockedByItsConnections its ->
                its.idle() ? Audited.Foretold.binds_at_once : Audited.Foretold.blocked_by_its_connections;
            case RestartOutlook.Blocked _ -> Audited.Foretold.blocked;
            case RestartOutlook.Refused _ -> Audited.Foretold.refused;
            case RestartOutlook.CannotTell _ -> Audited.Foretold.cannot_tell;
        };
    }

    private static Listening listening(CommandReport.Listening listening) {
        return new Listening(
                listening.local(),
                listening.reuseAddress().orElse(null),
                listening.reusePort().orElse(null),
                listening.inheritable().orElse(null),
                listening.holders());
    }
}
