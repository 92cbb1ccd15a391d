package dev.rebind.cli;

import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs this program again in its own network and PID namespaces (unshare(1)), with only a loopback interface. Everything left there
 * disappears when it ends.
 */
final class OwnNamespaces {
    private OwnNamespaces() {}

    /**
     * Checks whether the kernel lets this user create namespaces.
     *
     * @return why it does not; empty where it does
     */
    static String refused() throws InterruptedException {
        try {
            List<String> command = inside();
            command.add("true");
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said;
            try (var reader = process.inputReader()) {
                said = String.join(" ", reader.lines().toList());
            }
            return process.waitFor() == 0 ? "" : said.isBlank() ? "unshare failed" : said;
        } catch (IOException e) {
            return "unshare (of util-linux) cannot be run: " + e.getMessage();
        }
    }

    /** @return the exit code of the program */
    static int run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = inside();
        command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path", ""), Main.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static List<String> inside() {
        var command = new ArrayList<>(List.of("unshare"));
        if (Rights.uid() != 0) {
            command.addAll(List.of("--user", "--map-root-user"));
        }
        command.addAll(List.of("--net", "--pid", "--fork", "--kill-child", "--mount-proc"));
        command.addAll(List.of("sh", "-c", "ip link set lo up && exec \"$@\"", "sh"));
        return command;
    }
}
