package dev.rebind.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds and ends the handlers: processes that each serve one connection of a generation. They may outlive the generation. */
final class HandlerProcesses {
    private static final String MAIN = "dev.rebind.server.HandlerMain";

    private HandlerProcesses() {}

    /** Returns the handlers of a generation. Finds them only while the server is still their parent. */
    static Set<Long> of(GenerationSettings settings, long server) {
        return ProcessHandle.of(server).stream()
                .flatMap(ProcessHandle::children)
                .filter(process -> serves(process, settings.generation()))
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }

    /**
     * Whether a process is a handler of this generation. Its last arguments are main class, service, whether it reads, generation,
     * guardian.
     */
    private static boolean serves(ProcessHandle process, int generation) {
        List<String> arguments = arguments(process);
        int main = arguments.indexOf(MAIN);
        return main >= 0
                && arguments.size() > main + 3
                && arguments.get(main + 3).equals(Integer.toString(generation));
    }

    /** Ends a handler. Does not end another process that has got the same pid since. */
    static void end(long pid) {
        ProcessHandle.of(pid)
                .filter(process -> arguments(process).contains(MAIN))
                .ifPresent(ProcessHandle::destroyForcibly);
    }

    /**
     * Reads the arguments from /proc, because {@link ProcessHandle.Info#arguments()} is empty where they take more than a page. Class paths
     * often do.
     */
    private static List<String> arguments(ProcessHandle process) {
        try {
            return List.of(Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0"));
        } catch (IOException e) {
            return Arrays.asList(process.info().arguments().orElse(new String[0]));
        }
    }
}
