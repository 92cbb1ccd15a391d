package dev.rebind.diagnosis;

import dev.rebind.sockets.owners.ListenEnvironment;
import dev.rebind.sockets.owners.ProcessStory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A made-up process, which sleeps; unless a test says otherwise, root runs it, process 1 has started it, and it is in no cgroup. */
public final class MadeProcess {
    private final int pid;
    private final String name;
    private List<String> commandLine;
    private Optional<String> executable = Optional.empty();
    private long uid;
    private Optional<String> user = Optional.of("root");
    private int parent = 1;
    private int session;
    private Optional<String> cgroup = Optional.empty();

    public MadeProcess(int pid, String name) {
        this.pid = pid;
        this.name = name;
        this.commandLine = List.of(name);
        this.session = pid;
    }

    public MadeProcess running(String... arguments) {
        commandLine = List.of(arguments);
        return this;
    }

    public MadeProcess ofFile(String path) {
        executable = Optional.of(path);
        return this;
    }

    /** The system has no name for the user. */
    public MadeProcess ofUser(long id) {
        uid = id;
        user = Optional.empty();
        return this;
    }

    public MadeProcess ofUser(long id, String named) {
        uid = id;
        user = Optional.of(named);
        return this;
    }

    public MadeProcess childOf(int pidOfParent) {
        parent = pidOfParent;
        return this;
    }

    public MadeProcess inSession(int id) {
        session = id;
        return this;
    }

    public MadeProcess inCgroup(String text) {
        cgroup = Optional.of(text);
        return this;
    }

    public ProcessStory story() {
        return new ProcessStory(
                pid,
                pid,
                commandLine,
                executable,
                name,
                uid,
                user,
                Instant.EPOCH,
                parent,
                session,
                pid == 1,
                'S',
                false,
                cgroup,
                new ListenEnvironment.NotSet(),
                OptionalLong.empty(),
                0,
                0,
                0,
                false,
                false);
    }
}
