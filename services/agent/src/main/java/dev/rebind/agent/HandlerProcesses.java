package dev.rebind.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Processes that serve one connection each for a generation that may be gone. */
final class HandlerProcesses {
    private static final String MAIN = "dev.rebind.server.HandlerMain";

    private HandlerProcesses() {}

    /** The processes that serve connections of a generation now, while its server is still their parent. */
    static Set<Long> of(GenerationSettings settings, long server) {
        return ProcessHandle.of(server).stream()
                .flatMap(ProcessHandle::children)
                .filter(process -> serves(process, settings.generation()))
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }

    /** Its arguments end with main class, service, whether it reads, generation, guardian. */
    private static boolean serves(ProcessHandle process, int generation) {
        List<String> arguments = arguments(process);
        int main = arguments.indexOf(MAIN);
        return main >= 0
                && arguments.size() > main + 3
                && arguments.get(main + 3).equals(Integer.toString(generation));
    }

    /** Ends a handler; not a process that has been given its pid since. */
    static void end(long pid) {
        ProcessHandle.of(pid)
                .filter(process -> arguments(process).contains(MAIN))
                .ifPresent(ProcessHandle::destroyForcibly);
    }

    /** By hand: {@link ProcessHandle.Info#arguments()} is empty where they take more than a page, as class paths do. */
    private static List<String> arguments(ProcessHandle process) {
        try {
            return List.of(Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0"));
        } catch (IOException e) {
            return Arrays.asList(process.info().arguments().orElse(new String[0]));
        }
    }
}
