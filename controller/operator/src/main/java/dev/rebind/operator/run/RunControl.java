package dev.rebind.operator.run;

/** What the resource asks for now; it may change at any moment. */
interface RunControl {
    boolean suspended();

    boolean terminated();
}
