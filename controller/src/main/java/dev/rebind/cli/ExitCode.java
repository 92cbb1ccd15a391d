package dev.rebind.cli;

/** Exit codes of {@code rebind}, a contract for scripts. The server's own are those of its command. */
public final class ExitCode {
    /** Every experiment passed; or the command did what it was asked. */
    public static final int PASS = 0;
    /** At least one experiment failed. */
    public static final int FAIL = 1;
    /** Bad input or usage; nothing was touched. */
    public static final int USAGE = 2;
    /** None failed, and at least one was inconclusive or could not be carried out. */
    public static final int INCONCLUSIVE = 3;
    /** The report could not be written, for example because the disk is full. */
    public static final int NOT_WRITTEN = 4;
    /** Ctrl-C (SIGINT): 128 + 2. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
