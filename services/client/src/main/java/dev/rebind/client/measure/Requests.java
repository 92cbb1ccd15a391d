package dev.rebind.client.measure;

import dev.rebind.child.Moment;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.protocol.RequestReport.Failures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What became of requests since the last mark. Not for several threads. */
public final class Requests {
    /** As many groups of failures are kept, so that a report fits into a line of 256 KiB, of which its reader takes no more. */
    static final int GROUPS = 150;
    /** Failures of a kind that follow each other within this time are one group. */
    private static final Duration GROUP = Duration.ofMillis(250);
    /** A detail is cut to this. */
    private static final int DETAIL = 100;

    private final Observer observer;
    private final Latencies latencies = new Latencies();
    private final Map<Failure, Long> failed = new EnumMap<>(Failure.class);
    private final List<Failures> groups = new ArrayList<>();
    private final Histogram late = new Histogram(3);
    private long sent;
    private long answered;
    private long bytesCut;
    private long ungrouped;

    /** @param observer told of everything as well, whatever is marked */
    public Requests(Observer observer) {
        this.observer = observer;
    }

    /** The service before a restart is observed from now on. */
    public void observe() {
        latencies.observe();
    }

    /** A restart begins. */
    public void mark() {
        latencies.mark(System.nanoTime());
        failed.clear();
        groups.clear();
        late.reset();
        sent = 0;
        answered = 0;
        bytesCut = 0;
        ungrouped = 0;
    }

    /** The new server is bound. */
    public void bound() {
        latencies.bound(System.nanoTime());
    }

    /** @param lateNanos after it was due; null where there is no schedule */
    public void sent(@Nullable Long lateNanos) {
        sent++;
        observer.requested();
        if (lateNanos != null) {
            late.recordValue(Math.max(0, lateNanos) / 1_000);
        }
    }

    public void answered(long dueNanos, long nanos) {
        answered++;
        latencies.add(dueNanos, nanos);
        observer.roundTrip(nanos - dueNanos);
    }

    /**
     * @param onAnswered whether the connection had brought an answer before
     * @param detail null where there is none
     */
    public void failed(Failure failure, boolean onAnswered, @Nullable String detail, long nanos, Moment clock) {
        failed.merge(failure, 1L, Long::sum);
        observer.requestFailed(failure);
        Instant at = clock.instantOf(nanos);
        int last = groups.size() - 1;
        if (last >= 0) {
            Failures group = groups.get(last);
            if (group.failure() == failure
                    && group.onAnswered() == onAnswered
                    && Duration.between(group.last(), at).compareTo(GROUP) < 0) {
                groups.set(
                        last, new Failures(failure, onAnswered, group.first(), at, group.count() + 1, group.detail()));
                return;
            }
        }
        if (groups.size() < GROUPS) {
            String cut = detail == null || detail.length() <= DETAIL ? detail : detail.substring(0, DETAIL);
            groups.add(new Failures(failure, onAnswered, at, at, 1, cut));
        } else {
            ungrouped++;
        }
    }

    /** Bytes of an answer that did not come to its end. */
    public void cut(long bytes) {
        bytesCut += bytes;
    }

    /** Whether requests have been answered since the mark, and none has failed. */
    public boolean faultless() {
        return answered > 0 && failed.isEmpty();
    }

    public RequestReport report() {
        return new RequestReport(
                sent,
                answered,
                failed,
                bytesCut,
                latencies.before(),
                latencies.during(),
                latencies.after(),
                late.getTotalCount() == 0 ? null : Double.valueOf(Latencies.millis(late.getValueAtPercentile(99))),
                groups,
                ungrouped);
    }
}
