package dev.rebind.engine;

/** Observes the steps of one cycle. */
@FunctionalInterface
interface StepObserver {
    /** Called before each step. */
    void step(String what);

    /** Called before each new try of a port that could not be bound. */
    default void waiting(PortWait wait) {}
}
