package dev.rebind.cli;

/** Exit codes of {@code rebind}, on which scripts may rely. The server's and the client's programs have their own. */
final class ExitCode {
    /** Every experiment passed, or the command did what it was asked to do. */
    static final int PASS = 0;
    /** The input or the usage was wrong. Nothing was touched. */
    static final int USAGE = 2;
    /** No experiment failed, but at least one was inconclusive or could not be carried out; or something could not be read or kept. */
    static final int INCONCLUSIVE = 3;
    /** Rebind itself has an error. The number is EX_SOFTWARE of sysexits.h. {@code ./rebind} also ends with it where Java cannot start. */
    static final int BROKEN = 70;

    private ExitCode() {}
}
