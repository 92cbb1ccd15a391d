package dev.rebind.agent;

/** Processes that serve one connection each for a generation that may be gone. */
final class Handlers {
    private Handlers() {}

    /** Ends a handler; not a process that has been given its pid since. */
    static void end(long pid) {
        ProcessHandle.of(pid).ifPresent(process -> {
            String[] arguments = process.info().arguments().orElse(new String[0]);
            for (String argument : arguments) {
                if (argument.startsWith("dev.rebind.server.")) {
                    process.destroyForcibly();
                    return;
                }
            }
        });
    }
}
