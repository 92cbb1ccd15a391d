package dev.rebind.operator.run;

/** Is told whether a pod has a bound server. */
interface ServerPresence {
    /** The last generation that was bound is told to stop. */
    void gone();

    /** A generation is bound. */
    void bound();
}
