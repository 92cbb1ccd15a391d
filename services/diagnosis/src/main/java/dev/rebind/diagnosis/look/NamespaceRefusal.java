package dev.rebind.diagnosis.look;

import dev.rebind.sockets.posix.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Why a network namespace cannot be opened or entered, and what to do about it. To open that of a process takes the right to trace
 * it (PTRACE_MODE_READ_FSCREDS, namespaces(7)): for a process of another user, or one with more capabilities, that is
 * CAP_SYS_PTRACE in its user namespace. To enter one takes CAP_SYS_ADMIN twice: in one's own user namespace, and in the one that owns
 * the network namespace (setns(2)).
 *
 * @param namespace its file
 * @param uid the user of this process
 * @param mayTrace whether this process has CAP_SYS_PTRACE in its own user namespace; empty where it cannot be known
 * @param mayEnter the same of CAP_SYS_ADMIN
 */
record NamespaceRefusal(Path namespace, long uid, Optional<Boolean> mayTrace, Optional<Boolean> mayEnter) {
    private static final String TRACE = "CAP_SYS_PTRACE";
    private static final String ENTER = "CAP_SYS_ADMIN";
    private static final Path PROC = Path.of("/proc");

    /** Why open(2) failed, as clauses without a full stop. */
    String opening(int errno) {
        if (errno == Errno.ENOENT.number()) {
            return ofProcess() ? noProcess() : namespace + " is not there";
        }
        String failed = namespace + " cannot be opened: " + Errno.name(errno);
        if (errno != Errno.EACCES.number() && errno != Errno.EPERM.number()) {
            return failed;
        }
        if (!ofProcess()) {
            return failed + "; its file or folder keeps this user out; run this as root";
        }
        if (mayTrace.orElse(false)) {
            return failed + ", though this process has " + TRACE
                    + ": the other process is in another user namespace, or a security module forbids it; run this as root on"
                    + " the host";
        }
        var missing = new ArrayList<>(List.of(TRACE));
        String then = "";
        if (!mayEnter.orElse(false)) {
            missing.add(ENTER);
            then = ", and to enter its network namespace needs " + ENTER + " after that";
        }
        return failed + "; to look into a process of another user, or one with more rights, needs " + TRACE + then
                + "; " + next(missing);
    }

    /** Why setns(2) failed, in the same way. */
    String entering(int errno) {
        String failed = namespace + " cannot be entered: setns failed with " + Errno.name(errno);
        if (errno != Errno.EPERM.number()) {
            return failed;
        }
        if (mayEnter.orElse(false)) {
            return failed + ", though this process has " + ENTER
                    + " in its own user namespace: it needs it in the one that owns the network namespace, too; run this as root"
                    + " on the host";
        }
        return failed + "; it needs " + ENTER
                + ", in the user namespace of this process and in the one that owns the network namespace; "
                + next(List.of(ENTER));
    }

    private String next(List<String> missing) {
        String inside = ", or run it inside that namespace, as in the container of the process";
        return uid == 0
                ? "root lacks " + String.join(" and ", missing)
                        + " here: start this with it (a container: --cap-add), or on the host" + inside
                : "run this as root" + inside;
    }

    private boolean ofProcess() {
        return namespace.startsWith(PROC);
    }

    private String noProcess() {
        Path process = PROC.resolve(namespace.getName(1));
        return Files.exists(process)
                ? "process " + process.getFileName()
                        + " has no network namespace any more: it has ended, and its parent has not"
                        + " taken note of it yet"
                : "process " + process.getFileName()
                        + " is not there: it has ended, or is in another PID namespace, or /proc hides it (hidepid)";
    }
}
