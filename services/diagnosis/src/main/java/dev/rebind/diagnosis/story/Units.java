package dev.rebind.diagnosis.story;

import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStory;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which holders are those with which the systemd unit of their cgroup serves. A cgroup alone does not tell: a program that somebody
 * starts in a login may be in that of ssh.service, and what a job starts in that of cron.service. Pure.
 */
public final class Units {
    private Units() {}

    /** @return the pids of main processes of units among the holders of a socket, and of their descendants that have it from them */
    static Set<Integer> serving(List<SeenHolder> holdings) {
        var serving = new HashSet<Integer>();
        holdings.stream().filter(Units::isMain).map(SeenHolder::pid).forEach(serving::add);
        boolean more = !serving.isEmpty();
        while (more) {
            more = holdings.stream()
                    .anyMatch(holding -> holding.process() instanceof ProcessAnswer.Known(ProcessStory process)
                            && serving.contains(process.parent())
                            && serving.add(process.pid()));
        }
        return serving;
    }

    /**
     * systemd makes the main process of a service the leader of a session. An orphan of a login may lead one too and have become a
     * child of systemd, but is beside the main process of its unit then.
     */
    private static boolean isMain(SeenHolder holding) {
        if (!(holding.process() instanceof ProcessAnswer.Known(ProcessStory process))
                || process.session() != process.pid()
                || !(holding.parent().orElse(new ProcessAnswer.Gone())
                        instanceof ProcessAnswer.Known(ProcessStory manager))) {
            return false;
        }
        Optional<Cgroups.Unit> unit = process.cgroup().flatMap(Cgroups::unit);
        return unit.filter(found -> isManager(manager, found)).isPresent()
                && holding.siblings()
                        .filter(cgroups -> cgroups.stream().map(Cgroups::unit).noneMatch(unit::equals))
                        .isPresent();
    }

    private static boolean isManager(ProcessStory manager, Cgroups.Unit unit) {
        return isSystemd(manager)
                && (unit.user().isPresent()
                        ? manager.pid() != 1 && manager.uid() == unit.user().getAsLong()
                        : manager.pid() == 1);
    }

    /** The file of a process of root's is shown to root alone: its name tells it, too. */
    public static boolean isSystemd(ProcessStory process) {
        return process.comm().equals("systemd") || Activators.program(process).equals("systemd");
    }
}
