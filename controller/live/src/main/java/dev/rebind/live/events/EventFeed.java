package dev.rebind.live.events;

import dev.rebind.live.ApiJson;
import dev.rebind.live.Experiments;
import dev.rebind.live.Experiments.One;
import dev.rebind.live.Experiments.UnavailableException;
import dev.rebind.live.RecordCache;
import dev.rebind.live.RecordLog;
import dev.rebind.live.events.EventStream.ReaderGone;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends events to one reader for as long as it listens. Blocks its virtual thread. */
public final class EventFeed {
    private static final Duration BEAT = Duration.ofSeconds(10);
    /** The shortest time between two looks for changes. Several changes of one experiment within it are sent as one event. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Experiments experiments;
    private final EventStream out;
    private final RecordCache cache;
    private long beatNanos = System.nanoTime();

    public EventFeed(Experiments experiments, EventStream out, RecordCache cache) {
        this.experiments = experiments;
        this.out = out;
        this.cache = cache;
    }

    /**
     * The position of a reader: it has received this many records of the experiment with this uid. A null uid stands for the present
     * experiment.
     */
    public record Position(@Nullable String uid, long records) {}

    /** Sends the changes of all experiments, until the reader is gone. */
    public void all() throws ReaderGone, InterruptedException {
        Map<ApiJson.Named, ApiJson.Overview> told = new HashMap<>();
        boolean ready = false;
        while (true) {
            long seen = experiments.changes().count();
            try {
                list(told);
                if (!ready) {
                    out.add("ready", null, beat());
                    ready = true;
                }
            } catch (UnavailableException _) {
                // The reader keeps what it has, and the next look may succeed.
            }
            rest(seen);
        }
    }

    private void list(Map<ApiJson.Named, ApiJson.Overview> told)
            throws UnavailableException, ReaderGone, InterruptedException {
        Map<ApiJson.Named, ApiJson.Overview> now = new HashMap<>();
        for (ApiJson.Overview one : experiments.list()) {
            now.put(one.named(), one);
            if (!one.equals(told.put(one.named(), one))) {
                out.add("experiment", null, ApiJson.json(one));
            }
        }
        for (ApiJson.Named gone :
                told.keySet().stream().filter(name -> !now.containsKey(name)).toList()) {
            told.remove(gone);
            out.add("gone", null, ApiJson.json(gone));
        }
    }

    /** Sends the changes and records of one experiment; returns when the experiment is deleted. */
    public void one(String namespace, String name, Position from, boolean brief)
            throws ReaderGone, InterruptedException, IOException {
        ApiJson.Named named = new ApiJson.Named(namespace, name);
        String uid = from.uid();
        long position = from.records();
        while (true) {
            Optional<One> found = found(namespace, name);
            if (found.isEmpty()) {
                out.add("gone", null, ApiJson.json(named));
                out.flush();
                return;
            }
            One one = found.get();
            if (uid != null && !uid.equals(one.overview().uid())) {
                out.add("reset", null, ApiJson.json(named));
                position = 0;
            }
            uid = one.overview().uid();
            RecordLog log = one.records();
            try (RecordLog.Cursor cursor = log.open()) {
                cursor.skipTo(position);
                if (cursor.position() == position) {
                    life(named, log, cursor, uid, brief);
                } else {
                    // The log has fewer records than the reader has received, so records were lost. The reader gets all
                    // records again.
                    out.add("reset", null, ApiJson.json(named));
                }
                position = 0;
            }
        }
    }

    /** Sends the changes and records of one experiment; returns when the experiment is deleted or replaced by another of the same name. */
    private void life(ApiJson.Named named, RecordLog log, RecordLog.Cursor cursor, String uid, boolean brief)
            throws ReaderGone, InterruptedException, IOException {
        ApiJson.Overview told = null;
        List<ApiJson.Step> steps = null;
        boolean ready = false;
        while (true) {
            // The count is taken before the look, so that a change after it wakes this thread.
            long seen = experiments.changes().count();
            Optional<One> found = found(named.namespace(), named.name());
            if (found.isEmpty() || !found.get().overview().uid().equals(uid)) {
                return;
            }
            One one = found.get();
            if (!one.overview().equals(told)) {
                told = one.overview();
                out.add("experiment", null, ApiJson.json(told));
            }
            if (!one.steps().equals(steps)) {
                steps = one.steps();
                out.add("step", null, ApiJson.json(new ApiJson.Steps(steps)));
            }
            for (byte[] line = cursor.next(); line != null; line = cursor.next()) {
                out.add("record", uid + ":" + cursor.position(), brief ? cache.brief(log, cursor, line) : line);
            }
            if (!ready) {
                out.add("ready", null, beat());
                ready = true;
            }
            rest(seen);
        }
    }

    /** Retries until the source answers. */
    private Optional<One> found(String namespace, String name) throws ReaderGone, InterruptedException {
        while (true) {
            long seen = experiments.changes().count();
            try {
                return experiments.find(namespace, name);
            } catch (UnavailableException _) {
                rest(seen);
            }
        }
    }

    private void rest(long seen) throws ReaderGone, InterruptedException {
        out.flush();
        Thread.sleep(PAUSE);
        experiments.changes().await(seen, BEAT.minusNanos(System.nanoTime() - beatNanos));
        if (System.nanoTime() - beatNanos >= BEAT.toNanos()) {
            out.beat(beat());
            beatNanos = System.nanoTime();
        }
    }

    private static byte[] beat() {
        return ApiJson.json(new ApiJson.Beat(Instant.now()));
    }
}
