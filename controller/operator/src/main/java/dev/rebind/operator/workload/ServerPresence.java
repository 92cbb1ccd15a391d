package dev.rebind.operator.workload;

/** Is told whether a pod has a bound server. Safe for several threads. */
public interface ServerPresence {
    /** Nobody is told. */
    ServerPresence NOBODY = new ServerPresence() {
        @Override
        public void gone() {}

        @Override
        public void bound() {}
    };

    /** The pod has no server any more; may be repeated. */
    void gone();

    /** A generation is bound. */
    void bound();
}
