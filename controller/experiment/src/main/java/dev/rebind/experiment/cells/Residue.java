package dev.rebind.experiment.cells;

/** What the old socket leaves: a state, bound without listening, or nothing. */
public enum Residue {
    none,
    BOUND,
    LISTEN,
    ESTABLISHED,
    CLOSE_WAIT,
    FIN_WAIT_2,
    TIME_WAIT
}
