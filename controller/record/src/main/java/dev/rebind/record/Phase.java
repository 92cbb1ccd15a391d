package dev.rebind.record;

/** How far an experiment is. How it went is its {@link Verdict}. */
public enum Phase {
    Pending,
    Running,
    Paused,
    /** Everything that was planned was run. */
    Completed,
    /** Somebody ended it before its time. */
    Aborted,
    /** It could not go on, or could not begin. */
    Error;

    /** Whether nothing more will happen. */
    public boolean isOver() {
        return switch (this) {
            case Pending, Running, Paused -> false;
            case Completed, Aborted, Error -> true;
        };
    }
}
