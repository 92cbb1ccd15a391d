package dev.rebind.engine;

/** Is told what a cycle does. */
@FunctionalInterface
interface StepObserver {
    /** Before each step. */
    void step(String what);

    /** Before each try of a port that could not be bound. */
    default void waiting(PortWait wait) {}
}
