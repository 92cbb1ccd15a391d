package dev.rebind.cli;

/** Exit codes of {@code rebind}, a contract for scripts. The server's and the client's own are those of their commands. */
final class ExitCode {
    /** Every experiment passed; or the command did what it was asked. */
    static final int PASS = 0;
    /** Bad input or usage; nothing was touched. */
    static final int USAGE = 2;
    /** None failed, and at least one was inconclusive or could not be carried out; something could not be read or kept. */
    static final int INCONCLUSIVE = 3;
    /** An error in Rebind itself; 70: EX_SOFTWARE of sysexits.h. {@code ./rebind} ends with it too where Java cannot start. */
    static final int BROKEN = 70;

    private ExitCode() {}
}
