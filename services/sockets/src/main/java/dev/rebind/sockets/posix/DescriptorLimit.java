package dev.rebind.sockets.posix;

import java.util.Optional;

/** Tells failures that come of running out of file descriptors: they have nothing to do with the socket or file that they name. */
public final class DescriptorLimit {
    private DescriptorLimit() {}

    /** What ran out and what to do, as a clause without a full stop; empty where a failure is another one. */
    public static Optional<String> reached(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof PosixException posix) {
                return Errno.of(posix.number()).flatMap(DescriptorLimit::text);
            }
            String message = String.valueOf(each.getMessage());
            // ENFILE first: in English its text begins with that of EMFILE.
            for (Errno errno : new Errno[] {Errno.ENFILE, Errno.EMFILE}) {
                // Of sockets and files; and of java.lang.ProcessImpl.
                if (message.contains(errno.message()) || message.contains("error=" + errno.number() + ",")) {
                    return text(errno);
                }
            }
        }
        return Optional.empty();
    }

    /** The failure's own text, and what ran out where something did. */
    public static String inMessage(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        // A PosixException names its errno itself.
        return reached(failure)
                .filter(limit -> !message.contains(limit.substring(limit.indexOf(' '))))
                .map(limit -> message + " (" + limit + ")")
                .orElse(message);
    }

    private static Optional<String> text(Errno errno) {
        if (errno == Errno.EMFILE) {
            return Optional.of("EMFILE: this process has no file descriptor left; raise its limit (ulimit -n)");
        }
        return errno == Errno.ENFILE
                ? Optional.of("ENFILE: this machine has no file descriptor left; raise fs.file-max")
                : Optional.empty();
    }
}
