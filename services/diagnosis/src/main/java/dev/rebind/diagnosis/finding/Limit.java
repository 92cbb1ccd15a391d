package dev.rebind.diagnosis.finding;

import dev.rebind.diagnosis.seen.TransientListener;
import java.util.List;

/** Something that could not be seen, and what would show it. */
public sealed interface Limit {
    /** @param why a clause without a full stop */
    record SocketsUnread(String why) implements Limit {}

    /** The bind is refused, and no socket that was seen explains it. */
    record NothingSeen() implements Limit {}

    /** Sockets came and went on the port while it was looked at, more often than in one restart. */
    record Changing() implements Limit {}

    /**
     * Why they come and go nobody was asked.
     *
     * @param who was seen to listen meanwhile, one after the other
     */
    record CameAndWent(List<TransientListener> who) implements Limit {
        public CameAndWent {
            who = List.copyOf(who);
        }
    }

    /** The kernel was not asked: the answers are those of the rule. */
    record NotAsked(boolean onPurpose) implements Limit {}

    /**
     * @param count the processes whose descriptors may not be seen; 0 where /proc leaves out all of them (hidepid)
     * @param why which right is missing
     */
    record ProcessesHidden(int count, Holder.Why why) implements Limit {}

    /**
     * @param pid whose socket could not be asked for its options
     * @param byRight whether somebody with more rights could ask
     */
    record OptionsHidden(int pid, String why, boolean byRight) implements Limit {}

    /**
     * @param why a clause without a full stop
     * @param partly whether other rules were read
     */
    record NatUnread(String why, boolean partly) implements Limit {}

    /** Which of several sockets lacks SO_REUSEADDR the kernel does not show. */
    record SomeLackReuse(int count) implements Limit {}

    /** How long a TIME_WAIT lasts was not read, and a namespace of this kernel may have a setting for it. */
    record TimeWaitAssumed() implements Limit {}

    /** Sockets that are only bound are not shown by the source. */
    record NoBoundSockets() implements Limit {}
}
