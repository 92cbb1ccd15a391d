package dev.rebind.diagnosis.finding;

import dev.rebind.sockets.owners.ProcessAnswer;
import java.util.List;
import java.util.Optional;

/** Who has a socket. */
public sealed interface Holder {
    /** The processes that were seen to have it, the lowest pid first; empty where none was. */
    default List<Found> seen() {
        return switch (this) {
            case Processes processes -> processes.all();
            case Unseen _, Queue _, Nobody _ -> List.of();
        };
    }

    /** @param all every process that was seen to have it, the lowest pid first; at least one */
    record Processes(List<Found> all) implements Holder {
        public Processes {
            all = List.copyOf(all);
        }

        /** Whether nothing speaks for others that have the socket too and were not seen. */
        public boolean allSeen() {
            return all.stream()
                    .noneMatch(found -> found.story(Story.OpenedByAnother.class).isPresent());
        }

        /** Those whose parent does not have the socket too: when they end, their children mostly do as well. */
        public List<Found> roots() {
            return all.stream()
                    .filter(found -> found.stories().stream().noneMatch(Story.WorkerOf.class::isInstance))
                    .toList();
        }
    }

    /** A process, and what is known of it. */
    record Found(int pid, ProcessAnswer process, List<Story> stories) {
        public Found {
            stories = List.copyOf(stories);
        }

        public <T extends Story> Optional<T> story(Class<T> kind) {
            return stories.stream().filter(kind::isInstance).map(kind::cast).findFirst();
        }
    }

    /**
     * Some process has it that was not seen.
     *
     * @param uid of the user who made the socket; -1 where this user namespace does not show who that is
     * @param user the user's name; empty where not known
     */
    record Unseen(long uid, Optional<String> user, Why why) implements Holder {}

    /** Why nobody was seen to have it. */
    enum Why {
        /** Processes of other users may not be looked into: root sees them. */
        OTHER_USERS,
        /** As {@link #OTHER_USERS}, and the socket was opened by the very user who looks: its process may not be looked into either. */
        OWN_HIDDEN,
        /** It is root that looks, without CAP_SYS_PTRACE. */
        NO_CAPABILITY,
        /** Some processes could not be looked into in spite of CAP_SYS_PTRACE: a security module keeps them. */
        SOME_HIDDEN,
        /** Every process was seen: it is in another PID namespace, or the descriptor is under way, or it is the kernel's. */
        NOT_HERE,
        /** There is no list of processes. */
        NO_LIST,
        /** The look was from outside its network namespace, at none of the processes that may have it, or not at all of them. */
        NOT_SOUGHT,
        /** The socket was closed while its process was looked for. */
        CLOSED_MEANWHILE
    }

    /** It waits in its listener's queue to be accepted. */
    record Queue() implements Holder {}

    /** No process: it is closed, and the kernel keeps it until its timer ends. */
    record Nobody() implements Holder {}
}
