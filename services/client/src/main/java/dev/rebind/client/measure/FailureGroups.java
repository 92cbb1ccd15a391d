package dev.rebind.client.measure;

import dev.rebind.child.Moment;
import dev.rebind.client.measure.Requests.Progress;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.protocol.RequestReport.Failures;
import dev.rebind.client.protocol.RequestReport.Made;
import dev.rebind.client.protocol.RequestReport.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Failed requests in groups that are short in time, so that each group can be told to lie before or after a moment of the restart.
 * A group is 10 ms long at most, and twice as long each time that there are too many groups. Not for several threads.
 */
final class FailureGroups {
    /** So few that a report fits into a line of 256 KiB, of which its reader takes no more; more than there are kinds. */
    static final int MOST = 300;

    private static final long FIRST_WIDTH = TimeUnit.MILLISECONDS.toNanos(10);
    /** A detail is cut to this. */
    private static final int DETAIL = 100;

    private record Kind(Failure failure, Phase phase, Made made, boolean onAnswered) {}

    private static final class Group {
        final Kind kind;
        final long firstNanos;
        final @Nullable String detail;
        long begunNanos;
        long lastNanos;
        long count = 1;

        Group(Kind kind, long begunNanos, long nanos, @Nullable String detail) {
            this.kind = kind;
            this.begunNanos = begunNanos;
            this.firstNanos = nanos;
            this.lastNanos = nanos;
            this.detail = detail;
        }

        void add(long otherBegunNanos, long otherLastNanos, long more) {
            begunNanos = Math.min(begunNanos - firstNanos, otherBegunNanos - firstNanos) + firstNanos;
            lastNanos = Math.max(lastNanos - firstNanos, otherLastNanos - firstNanos) + firstNanos;
            count += more;
        }
    }

    private List<Group> groups = new ArrayList<>();
    private Map<Kind, Group> newest = new HashMap<>();
    private long width = FIRST_WIDTH;

    void clear() {
        groups = new ArrayList<>();
        newest = new HashMap<>();
        width = FIRST_WIDTH;
    }

    /** Called in the order of {@code nanos}, when it failed. */
    void add(Failure failure, Progress progress, Made made, long begunNanos, long nanos, @Nullable String detail) {
        String cut = detail == null || detail.length() <= DETAIL ? detail : detail.substring(0, DETAIL);
        add(new Group(new Kind(failure, progress.phase(), made, progress.onAnswered()), begunNanos, nanos, cut));
        while (groups.size() > MOST) {
            width *= 2;
            List<Group> narrow = groups;
            groups = new ArrayList<>();
            newest = new HashMap<>();
            narrow.forEach(this::add);
        }
    }

    private void add(Group group) {
        Group before = newest.get(group.kind);
        if (before != null && group.lastNanos - before.firstNanos < width) {
            before.add(group.begunNanos, group.lastNanos, group.count);
        } else {
            groups.add(group);
            newest.put(group.kind, group);
        }
    }

    List<Failures> report(Moment clock) {
        return groups.stream()
                .map(group -> new Failures(
                        group.kind.failure(),
                        group.kind.phase(),
                        group.kind.made(),
                        group.kind.onAnswered(),
                        clock.instantOf(group.begunNanos),
                        clock.instantOf(group.firstNanos),
                        clock.instantOf(group.lastNanos),
                        group.count,
                        group.detail))
                .toList();
    }
}
