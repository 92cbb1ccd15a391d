package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.TransientListener;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStories;
import dev.rebind.sockets.owners.ProcessStory;
import dev.rebind.sockets.owners.SocketOwner;
import dev.rebind.sockets.owners.SocketOwners;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out who listens on a port whose listeners come and go. Who listens for a shorter time than the descriptors of all processes take
 * to be read is not found. Blocks for {@link #LONGEST} at most, and for a look.
 */
final class TransientListenersLook {
    private static final int MOST = 4;
    private static final Duration LONGEST = Duration.ofMillis(600);

    private final ProcessStories stories = new ProcessStories();

    List<TransientListener> of(ListenerWatch watch) {
        var found = new LinkedHashMap<Integer, TransientListener>();
        var known = new HashSet<Long>();
        long end = System.nanoTime() + LONGEST.toNanos();
        for (int look = 0; look < MOST; look++) {
            Set<Long> listeners = watch.others(known, Duration.ofNanos(end - System.nanoTime()));
            if (listeners.isEmpty()) {
                break;
            }
            known.addAll(listeners);
            if (SocketOwners.of(listeners, Path.of("/proc")) instanceof SocketOwners.Seen seen) {
                seen.byInode().values().stream()
                        .flatMap(List::stream)
                        .map(SocketOwner::pid)
                        .forEach(pid -> story(pid)
                                .ifPresent(story ->
                                        found.putIfAbsent(pid, new TransientListener(story, story(story.parent())))));
            }
        }
        return List.copyOf(found.values());
    }

    private Optional<ProcessStory> story(int pid) {
        return pid != 0 && stories.of(pid) instanceof ProcessAnswer.Known(ProcessStory story)
                ? Optional.of(story)
                : Optional.empty();
    }
}
