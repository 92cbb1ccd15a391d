package dev.rebind.operator.workload;

/** Receives whether a pod has a bound server. Safe for several threads. */
public interface ServerPresence {
    /** Ignores the calls. */
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
