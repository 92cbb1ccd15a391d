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
     * The one that decides where both were found: Fail, then Error, Inconclusive, Pass. What was tested and did not
     * hold is the news, whatever else could not be tested.
     */
    public Verdict graver(Verdict other) {
        return gravity >= other.gravity ? this : other;
    }

    /** Of a program that ends with it: 0 for Pass, 1 for Fail, 3 where something is not known. */
    public int exitCode() {
        return exitCode;
    }
}
