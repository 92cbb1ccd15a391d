package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Records.waited;
import static dev.rebind.e2e.checks.Specs.EXPECT_TIME_WAIT;
import static dev.rebind.e2e.checks.Specs.STAY_AWAY;
import static dev.rebind.e2e.checks.Specs.waiting;
import static dev.rebind.e2e.checks.TableChecks.LATEST_SECONDS;
import static dev.rebind.e2e.checks.TableChecks.TIME_WAIT_SECONDS;
import static dev.rebind.e2e.junit.Claims.timeWait;

import dev.rebind.diagnosis.Cause;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Experiments.Over;
import dev.rebind.e2e.cluster.NodePort;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.record.CycleRecord;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cycles that fail, and wait for the kernel. */
final class WaitsChecks {
    private static final int CYCLES = 3;

    @RegisterExtension
    static final Lane LANE = Lane.named("waits").onHost(NodePort.WAITS, NodePort.WAITS_AGENT);

    @Check("counts/process/waits")
    @Needs(Need.PROCESS_MODE)
    void failing(Release release, Experiments experiments, Claims claims) {
        Over over = experiments.run(
                "process-failing",
                waiting(Mode.process, CYCLES).with(EXPECT_TIME_WAIT).with(STAY_AWAY));
        claims.completed(over.status());
        claims.numbered(over, CYCLES);
        claims.counted(over.status(), timeWait(CYCLES));
        claims.every(
                "EADDRINUSE",
                over.records(),
                record -> "EADDRINUSE".equals(record.errno()) && record.cause() == Cause.time_wait);
        over.records().forEach(record -> released(record, claims));
        claims.restored(release, over.status());
        claims.seen("%d of %d failed with time_wait, bound after %s s"
                .formatted(
                        CYCLES,
                        CYCLES,
                        over.records().stream()
                                .map(record -> "%.1f".formatted(waited(record)))
                                .collect(Collectors.joining(", "))));
    }

    /** It came free after the last bind that failed and no later than the one that succeeded, however long a process takes to start in between. */
    private static void released(CycleRecord record, Claims claims) {
        claims.assertThat(waited(record))
                .as("cycle %d: seconds until it was bound", record.cycle())
                .isNotNull()
                .isBetween(TIME_WAIT_SECONDS, LATEST_SECONDS);
        var release = record.release();
        claims.assertThat(release).as("cycle %d: release", record.cycle()).isNotNull();
        if (release != null) {
            claims.inOrder(
                    "cycle %d: the start of the window, and the ms of the first bind".formatted(record.cycle()),
                    release.earliestMs(),
                    release.actualMs());
            claims.inOrder(
                    "cycle %d: ms of the last failed bind, and the end of the window".formatted(record.cycle()),
                    release.lastFailedMs(),
                    release.latestMs());
        }
    }
}
