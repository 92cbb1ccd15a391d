package dev.rebind.operator.workload;

/** Is told whether a pod has a bound server. Safe for several threads. */
public interface ServerPresence {
    /** There is none any more; may be told again while that is so. */
    void gone();

    /** A generation is bound. */
    void bound();
}
