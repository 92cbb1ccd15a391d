package dev.rebind.client.measure;

import dev.rebind.child.Moment;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.protocol.RequestReport.Made;
import dev.rebind.client.protocol.RequestReport.Phase;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What became of requests since the last mark. Not for several threads. */
public final class Requests {
    /**
     * How far a request had come.
     *
     * @param madeNanos when its connection had been made; null where it was not
     * @param onAnswered whether the connection had brought an answer before
     */
    public record Progress(Phase phase, @Nullable Long madeNanos, boolean onAnswered) {
        /** All connections are busy. */
        public static final Progress WAITING = new Progress(Phase.waiting, null, false);

        public static final Progress CONNECTING = new Progress(Phase.connecting, null, false);

        public static Progress connected(long madeNanos, boolean onAnswered) {
            return new Progress(Phase.connected, madeNanos, onAnswered);
        }
    }

    private final MeasurementObserver observer;
    private final Latencies latencies = new Latencies();
    private final Map<Failure, Long> failed = new EnumMap<>(Failure.class);
    private final FailureGroups groups = new FailureGroups();
    private final Histogram late = new Histogram(3);
    private @Nullable Integer unansweredConnections;
    private long sent;
    private long answered;
    private long bytesCut;
    private boolean scheduled;
    /** Whether requests were due all the time since the mark. */
    private boolean unbroken;

    /** @param observer told of everything as well, whatever is marked */
    public Requests(MeasurementObserver observer) {
        this.observer = observer;
    }

    /** The service before a restart is observed from now on. */
    public void observe() {
        latencies.observe();
    }

    /**
     * A restart begins.
     *
     * @param underWay requests that were sent and are not over: they are answered or fail during it
     * @param unansweredConnections as in {@link RequestReport}
     */
    public void mark(long underWay, @Nullable Integer unansweredConnections) {
        this.unansweredConnections = unansweredConnections;
        latencies.mark(System.nanoTime());
        failed.clear();
        groups.clear();
        late.reset();
        sent = underWay;
        answered = 0;
        bytesCut = 0;
        unbroken = scheduled;
    }

    /** Requests are due from now on. */
    public void begun() {
        scheduled = true;
    }

    /** None is due any more, as on order. */
    public void halted() {
        scheduled = false;
        unbroken = false;
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
     * @param detail null where there is none
     * @param begunNanos when it was sent, or the making of its connection began
     */
    public void failed(Failure failure, Progress progress, @Nullable String detail, long begunNanos, long nanos) {
        failed.merge(failure, 1L, Long::sum);
        observer.requestFailed(failure);
        groups.add(failure, progress, made(progress.madeNanos()), begunNanos, nanos, detail);
    }

    private Made made(@Nullable Long madeNanos) {
        return madeNanos == null
                ? Made.never
                : latencies.isBeforeMark(madeNanos)
                        ? Made.before_mark
                        : latencies.isBeforeBound(madeNanos) ? Made.after_mark : Made.after_bound;
    }

    /** Bytes of an answer that did not come to its end. */
    public void cut(long bytes) {
        bytesCut += bytes;
    }

    /** Whether requests were due all the time since the mark, have been answered, and none has failed. */
    public boolean faultless() {
        return unbroken && answered > 0 && failed.isEmpty();
    }

    /** @param clock turns the times of this process into those of the report */
    public RequestReport report(Moment clock) {
        return new RequestReport(
                sent,
                answered,
                failed,
                unansweredConnections,
                bytesCut,
                latencies.before(),
                latencies.during(),
                latencies.after(),
                late.getTotalCount() == 0 ? null : Double.valueOf(Latencies.millis(late.getValueAtPercentile(99))),
                groups.report(clock));
    }
}
