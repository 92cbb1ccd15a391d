package dev.rebind.cli;

import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.ForeignText;
import dev.rebind.sockets.owners.ProcessAnswer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the processes that have each socket, and names them briefly. */
final class SocketHolders {
    /**
     * A process that has a socket.
     *
     * @param name the name of the process (comm); empty where it cannot be read or the process has ended
     */
    record HoldingProcess(int pid, Optional<String> name) {}

    private final SeenHolders holdings;

    SocketHolders(SeenHolders holdings) {
        this.holdings = holdings;
    }

    /** The processes that were seen to have a socket; the lowest pid comes first. */
    List<HoldingProcess> of(long inode) {
        return holdings.of(inode).stream()
                .map(SocketHolders::process)
                .sorted(Comparator.comparingInt(HoldingProcess::pid))
                .toList();
    }

    private static HoldingProcess process(SeenHolder holding) {
        return new HoldingProcess(
                holding.pid(),
                holding.process() instanceof ProcessAnswer.Known(var story)
                        ? Optional.of(story.comm())
                        : Optional.empty());
    }

    /**
     * The processes in the form of netstat: {@code 12/nginx}; {@code 12/nginx +3} where three more processes have the socket; {@code -}
     * where none was seen.
     */
    String text(long inode) {
        List<HoldingProcess> processes = of(inode);
        if (processes.isEmpty()) {
            return "-";
        }
        HoldingProcess first = processes.getFirst();
        String more = processes.size() == 1 ? "" : " +" + (processes.size() - 1);
        return first.pid() + "/" + first.name().map(ForeignText::plain).orElse("?") + more;
    }
}
