package dev.rebind.cli;

import dev.rebind.agent.Agent.Place;
import dev.rebind.live.Actions;
import dev.rebind.live.ApiJson;
import dev.rebind.live.ChangeSignal;
import dev.rebind.live.Experiments;
import dev.rebind.live.RecordLog;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.report.Run;
import dev.rebind.report.folder.SavedPart;
import dev.rebind.report.folder.SavedReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a report, as the live page shows it. Nothing changes, the page does not look at ports, and it accepts no orders. Safe for
 * use by several threads.
 */
final class OpenedReport implements Experiments, Actions {
    private static final String NO_PORT = "this is a report: no port of it is looked at";
    private static final String NO_ORDER =
            "this is a report, and nothing of it runs; run it again with ./rebind run FILE";

    private final ChangeSignal changes = new ChangeSignal();
    private final Instant startedAt = Instant.now();
    private final SavedReport report;
    private final List<One> experiments;

    OpenedReport(SavedReport report) {
        this.report = report;
        experiments = report.run().experiments().stream()
                .<One>map(subject -> new Opened(subject, report.part(subject)))
                .toList();
    }

    @Override
    public ApiJson.About about() {
        return new ApiJson.About(
                "report",
                Version.rebind(),
                startedAt,
                Instant.now(),
                offered(),
                "none",
                report.run().machine());
    }

    @Override
    public List<ApiJson.Overview> list() {
        return experiments.stream().map(One::overview).toList();
    }

    @Override
    public Optional<One> find(String namespace, String name) {
        return experiments.stream()
                .filter(one -> one.overview().named().equals(new ApiJson.Named(namespace, name)))
                .findFirst();
    }

    @Override
    public ChangeSignal changes() {
        return changes;
    }

    @Override
    public Set<String> offered() {
        return Set.of();
    }

    @Override
    public Answer order(Order order, String namespace, String name, @Nullable String token) {
        return new Answer.Refused(405, NO_ORDER);
    }

    @Override
    public Answer.Refused refusesStart(@Nullable String token) {
        return new Answer.Refused(405, NO_ORDER);
    }

    @Override
    public Answer start(String document, @Nullable String token) {
        return refusesStart(token);
    }

    private final class Opened implements One {
        private final Run.Subject subject;
        private final SavedPart part;
        private final ApiJson.Overview overview;

        private Opened(Run.Subject subject, SavedPart part) {
            this.subject = subject;
            this.part = part;
            overview = overview(subject, part);
        }

        private ApiJson.Overview overview(Run.Subject subject, SavedPart part) {
            CycleRecord last = part.last();
            return new ApiJson.Overview(
                    LiveRun.NAMESPACE,
                    subject.name(),
                    UUID.randomUUID().toString(),
                    subject.description(),
                    subject.phase(),
                    null,
                    part.totals().verdict(subject.planned(), subject.phase()),
                    part.modes().isEmpty() ? null : String.join(", ", part.modes()),
                    last == null ? null : place(last),
                    subject.planned(),
                    ApiJson.Counts.of(part.totals()),
                    last == null ? null : last.reuseText(),
                    last == null ? null : last.firstSentence(),
                    report.ended() || subject.phase() != Phase.Aborted
                            ? null
                            : "The run was cut short: what had not been run by then is missing here.",
                    part.startedAt(),
                    part.endedAt());
        }

        private static String place(CycleRecord record) {
            return new Place(record.address(), record.port()).toString();
        }

        @Override
        public ApiJson.Overview overview() {
            return overview;
        }

        @Override
        public ApiJson.Detail detail() {
            return new ApiJson.Detail(
                    overview,
                    subject.yaml(),
                    subject.file(),
                    part.cells() ? "cells" : "cycles",
                    1,
                    null,
                    List.of(),
                    List.of(),
                    null);
        }

        @Override
        public List<ApiJson.Step> steps() {
            return List.of();
        }

        @Override
        public RecordLog records() {
            return new RecordLog(report.cycles(), part.from(), part::to);
        }

        @Override
        public Look look() {
            return new Look.Nothing(NO_PORT);
        }

        @Override
        public Why why() {
            return new Why.Nothing(NO_PORT);
        }

        @Override
        public Run run() {
            Run whole = report.run();
            return new Run(
                    part.startedAt() == null ? whole.startedAt() : part.startedAt(),
                    part.endedAt() == null ? whole.endedAt() : part.endedAt(),
                    subject.phase() != Phase.Completed,
                    List.of(subject),
                    whole.machine());
        }
    }
}
