package dev.rebind.diagnosis.programs;

import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.owners.ProcessAnswer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Which socket units of systemd listen on a port: {@code systemctl list-sockets}, asked only where systemd holds a socket. */
public final class SocketUnits {
    private static final Duration AT_MOST = Duration.ofSeconds(1);

    private SocketUnits() {}

    /** Empty where systemd holds no socket, and where systemctl does not know. */
    public static List<String> on(int port, SeenHolders holdings) {
        boolean systemd = holdings instanceof SeenHolders.Seen seen
                && seen.byInode().values().stream()
                        .flatMap(List::stream)
                        .map(SeenHolder::process)
                        .anyMatch(process -> process instanceof ProcessAnswer.Known(var story)
                                && story.comm().equals("systemd"));
        if (!systemd) {
            return List.of();
        }
        Commands.Answer answer = Commands.start(
                        "systemctl", "list-sockets", "--all", "--no-legend", "--full", "--plain")
                .await(AT_MOST);
        return answer instanceof Commands.Answer.Output(String text) ? parse(text, port) : List.of();
    }

    /** @param text lines of address, socket unit and the services that it starts, the columns apart by spaces */
    static List<String> parse(String text, int port) {
        return Arrays.stream(text.split("\n", -1))
                .map(line -> line.strip().split("\\s+", -1))
                .filter(fields -> fields.length >= 2 && fields[0].endsWith(":" + port) && fields[1].endsWith(".socket"))
                .map(fields -> fields[1])
                .distinct()
                .toList();
    }
}
