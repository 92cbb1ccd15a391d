package dev.rebind.diagnosis.finding;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Something that is known of a process that has the port, beyond its name. */
public sealed interface Story {
    /** It is the process that asks. */
    record Asker() implements Story {}

    /** It runs the same program with the same arguments as the process that asks, and was started before. */
    record SameProgram() implements Story {}

    /**
     * Its first parent has ended, and it did not begin a session of its own: it was left behind, with the descriptors that it
     * had from its parent, or was put into the background by somebody who has left.
     *
     * @param parent how sure it is that its first parent has ended
     * @param byFork whether the descriptor is close-on-exec, so that it runs the very program that its parent did; empty where
     *     not known
     */
    record Orphan(Parent parent, Optional<Boolean> byFork, Inherited inherited) implements Story {}

    /** What is known of the process that started an orphan. */
    enum Parent {
        /** It has ended: the orphan's session is not that of its present parent. */
        ENDED,
        /**
         * It has ended, or is process 1 of the PID namespace. All processes of a container may have one session, and then only
         * the way in which it has the socket tells that it is an orphan.
         */
        PROBABLY_ENDED
    }

    /** What tells that an orphan did not open the listener itself. */
    enum Inherited {
        /** Several processes have it, and none is the parent of another. */
        SHARED,
        /**
         * It neither waits for clients nor has any, and its descriptor is not close-on-exec: it seems to have inherited the listener.
         */
        IDLE,
        /** Nothing: a server that runs in the background looks the same. */
        NOT_TOLD
    }

    /** No thread of it waits for clients on the listener. */
    record DoesNotAccept() implements Story {}

    /**
     * Another user opened the socket, and processes of others cannot be looked into: a parent of it, say, may have the socket too.
     *
     * @param user the name of the user; empty where not known
     */
    record OpenedByAnother(long uid, Optional<String> user) implements Story {}

    /** The child of another process that has the same socket. */
    record WorkerOf(int pid) implements Story {}

    /**
     * The child of a process that was not seen to have the socket, and may start it again after its end, as a supervisor does.
     *
     * @param command the parent's; its name where there is none
     */
    record ChildOf(int pid, String command) implements Story {}

    /**
     * It listens in the place of a service, which it starts when a client comes.
     *
     * @param units its socket units that listen on the port; empty where they are not known
     * @param command the command of the service; empty where not known
     * @param manager whether it is systemd, which has a socket unit for each socket
     */
    record Activator(List<String> units, String command, boolean manager) implements Story {
        public Activator {
            units = List.copyOf(units);
        }
    }

    /** A service manager has handed it the socket (LISTEN_FDS). */
    record Activated() implements Story {}

    /**
     * The systemd unit that it runs in, from its cgroup.
     *
     * @param user the uid of the user whose service manager has the unit; empty for a unit of the system
     * @param serves whether it is the unit's main process, or a child of that one that has the same socket. Else the unit may have
     *     started it in a way of its own, or somebody did by hand, say in a login: nothing tells which
     */
    record Unit(String name, OptionalLong user, boolean serves) implements Story {}

    /**
     * @param id that which the runtime gave it
     * @param pod the uid of its pod; empty where it is in none
     */
    record Container(String id, Optional<String> pod) implements Story {}

    /**
     * It takes the port of the machine for a container.
     *
     * @param target the container's address and port
     */
    record ProxyFor(String target) implements Story {}

    /** SIGTERM, which kill sends, does not end it. */
    record OutlivesSigterm(Shield why) implements Story {}

    /** Why SIGTERM does not end a process. */
    enum Shield {
        /** It is stopped, by SIGSTOP: the signal waits until it goes on. SIGKILL does not. */
        STOPPED,
        /** A debugger has stopped it (ptrace(2)), which SIGCONT does not end. SIGKILL does not wait. */
        TRACED,
        /** Its cgroup is frozen: its handler for the signal does not run. SIGKILL, and SIGTERM where it has no handler, end it. */
        FROZEN,
        /** Its cgroup is frozen by the freezer of version 1: every signal waits until it is thawed, SIGKILL too. */
        FROZEN_WHOLLY,
        /** It ignores the signal. */
        IGNORED,
        /** All of its threads block the signal: it waits until one unblocks it. */
        BLOCKED,
        /** It is process 1 here, and has no handler for the signal: from inside its PID namespace not even SIGKILL ends it. */
        FIRST,
        /**
         * It is process 1 of a PID namespace below this one, and has no handler for the signal: the kernel drops it
         * ({@code kernel/signal.c}, sig_task_ignored). SIGKILL from here ends it, and its namespace with it.
         */
        FIRST_BELOW
    }

    /** Its main thread has ended while others go on: most tools show no descriptors of it. */
    record MainThreadEnded() implements Story {}

    /**
     * One of its threads has descriptors of its own (unshare(2) with CLONE_FILES): most tools do not show them.
     *
     * @param thread its id
     */
    record ThreadsOwn(int thread) implements Story {}

    /** An io_uring ring of it has the socket, and no descriptor: most tools do not show it. */
    record InRing() implements Story {}
}
