package dev.rebind.record;

/** How far an experiment has come. Its {@link Verdict} says how it went. */
public enum Phase {
    Pending,
    Running,
    Paused,
    /** The experiment ran everything that was planned. */
    Completed,
    /** Somebody ended the experiment early. */
    Aborted,
    /** The experiment could not begin or could not go on. */
    Error;

    /** Whether the experiment has ended. */
    public boolean isOver() {
        return switch (this) {
            case Pending, Running, Paused -> false;
            case Completed, Aborted, Error -> true;
        };
    }
}
