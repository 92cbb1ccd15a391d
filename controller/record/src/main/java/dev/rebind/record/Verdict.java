package dev.rebind.record;

/** How a cycle, an experiment or a run went. */
public enum Verdict {
    Pass(0, 0),
    Fail(3, 1),
    Inconclusive(1, 3),
    Error(2, 3);

    private final int gravity;
    private final int exitCode;

    Verdict(int gravity, int exitCode) {
        this.gravity = gravity;
        this.exitCode = exitCode;
    }

    /**
     * Returns the graver of two verdicts. The order is Fail, Error, Inconclusive, Pass: a test that failed is the news, whatever else could
     * not be tested.
     */
    public Verdict graver(Verdict other) {
        return gravity >= other.gravity ? this : other;
    }

    /** The exit code of a program that ends with this verdict: 0 for Pass, 1 for Fail, 3 for Inconclusive and Error. */
    public int exitCode() {
        return exitCode;
    }
}
