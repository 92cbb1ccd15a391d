package dev.rebind.sockets.options;

/** What came of asking another process's socket for its options. */
public sealed interface OptionsAnswer {
    record Known(SocketOptions options) implements OptionsAnswer {}

    /**
     * A call was refused. EPERM is the common case: the process is another user's and this one lacks CAP_SYS_PTRACE, or it
     * may not be looked into (prctl PR_SET_DUMPABLE, Yama's ptrace_scope).
     *
     * @param errno positive
     * @param what the call that was refused, for example {@code pidfd_getfd}
     */
    record Denied(int errno, String what) implements OptionsAnswer {}

    /** The process has ended, it has closed the descriptor, or the descriptor stands for something else by now. */
    record Gone() implements OptionsAnswer {}

    /** @param why what this kernel, sandbox or JVM lacks */
    record Unsupported(String why) implements OptionsAnswer {}
}
