package dev.rebind.operator.workload;

/** Is told whether a pod has a bound server. Safe for several threads. */
public interface ServerPresence {
    /** The pod has no server any more; may be repeated. */
    void gone();

    /** A generation is bound. */
    void bound();
}
