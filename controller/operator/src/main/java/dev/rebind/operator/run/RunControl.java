package dev.rebind.operator.run;

/** The orders that the resource gives to its run. They may change at any moment. */
interface RunControl {
    boolean suspended();

    boolean terminated();
}
