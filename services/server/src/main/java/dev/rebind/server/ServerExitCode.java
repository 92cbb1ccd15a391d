package dev.rebind.server;

import dev.rebind.server.protocol.ServerEvent.BindFailed;
import dev.rebind.server.protocol.ServerEvent.BindReport;
import dev.rebind.server.protocol.ServerEvent.Bound;
import dev.rebind.server.protocol.ServerEvent.Refused;

/** Exit codes of the server: those of Linux' errnos where one says it. */
public final class ServerExitCode {
    /** Stopped as told, by order or signal. */
    public static final int STOPPED = 0;

    /** An error in the server itself; a stack trace is on standard error. */
    public static final int BROKEN = 1;

    /** Bad flags or settings; nothing was bound. */
    public static final int USAGE = 2;

    public static final int EACCES = 13;

    /** What was asked for cannot be had here, such as a transport. 69: EX_UNAVAILABLE of sysexits.h. */
    public static final int REFUSED = 69;

    /** bind or listen failed for a reason that has no code of its own. 71: EX_OSERR of sysexits.h. */
    public static final int BIND_FAILED = 71;

    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;

    private ServerExitCode() {}

    static int of(BindReport report) {
        return switch (report) {
            case Bound _ -> STOPPED;
            case Refused _ -> REFUSED;
            case BindFailed failed -> of(failed);
        };
    }

    private static int of(BindFailed failed) {
        if (failed.errno() == null) {
            return BIND_FAILED;
        }
        return switch (failed.errno()) {
            case "EADDRINUSE" -> EADDRINUSE;
            case "EADDRNOTAVAIL" -> EADDRNOTAVAIL;
            case "EACCES" -> EACCES;
            default -> BIND_FAILED;
        };
    }
}
