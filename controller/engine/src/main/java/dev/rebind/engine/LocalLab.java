package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.LocalAgent;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.agent.clients.ChildClients;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.agent.command.CommandAgent;
import dev.rebind.agent.command.CommandSettings;
import dev.rebind.agent.command.KnownCommand;
import dev.rebind.agent.lab.BareCells;
import dev.rebind.agent.lab.Obstacles;
import dev.rebind.agent.meters.AgentMeters;
import dev.rebind.engine.machine.MachineCheck;
import dev.rebind.engine.machine.RunnablePlan;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.rules.PlaceRules;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.plan.Planner;
import dev.rebind.record.RecordingException;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.release.ReleasePredictor;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Runs plans on this machine, with servers and clients as child processes. Each {@link #run} ends the processes that it started. */
public final class LocalLab implements AutoCloseable {
    /** The prefix of the name of each file with the output of a command; the experiment's name follows. */
    public static final String OUTPUT = "output-";

    private final ChildJvm jvm = ChildJvm.likeThis();
    private final SocketReader reader = SocketReaders.best();
    private final ReleasePredictor predictor = new ReleasePredictor();
    private final @Nullable AgentMeters meters;
    private volatile Path outputs = Path.of("");
    /** What earlier experiments learned about their commands. */
    private final Map<CommandSettings, KnownCommand> known = new ConcurrentHashMap<>();

    /** Creates a lab without meters. */
    public LocalLab() {
        this.meters = null;
    }

    /** Creates a lab that registers meters of its agents and clients. */
    public LocalLab(MeterRegistry registry) {
        this.meters = new AgentMeters(registry, reader, predictor);
        var _ = meters.clients();
    }

    /** Returns the plan of each experiment with the problems that it would have on this machine, before anything starts. */
    public static List<RunnablePlan> check(List<Sourced> experiments) {
        MachineCheck machine = MachineCheck.here();
        return experiments.stream().map(one -> check(one, machine)).toList();
    }

    private static RunnablePlan check(Sourced one, MachineCheck machine) {
        Plan plan = Planner.plan(one.experiment());
        List<Problem> elsewhere = PlaceRules.local(one.experiment().spec()).stream()
                .map(finding -> finding.in(one.source()))
                .toList();
        return elsewhere.isEmpty() ? machine.fit(plan, one.source()) : new RunnablePlan(plan, elsewhere);
    }

    /** Sets the folder for the output of commands, one file for each experiment. The default is the working directory of this process. */
    public void outputTo(Path folder) {
        outputs = folder;
    }

    /** Returns the reader of this machine's sockets. */
    public SocketReader reader() {
        return reader;
    }

    /** Returns the predictor of when this machine's leftover sockets go away; it learns from each release that it sees. */
    public ReleasePredictor predictor() {
        return predictor;
    }

    /** Kernel ticks per second; null if unknown. */
    public @Nullable Integer hz() {
        return predictor.hz().isPresent() ? (int) predictor.hz().getAsLong() : null;
    }

    /**
     * Runs all cycles or cells of a plan.
     *
     * @throws InterruptedException when this thread was interrupted, or this process began to end; the children are then ended, and running
     *     cycles have no record
     * @throws RecordingException when a record could not be stored
     */
    public void run(Plan plan, ExperimentRunner.Listener listener) throws InterruptedException, RecordingException {
        switch (plan) {
            case Plan.Cells cells -> new CellRunner(new BareCells(reader, predictor), listener).run(cells);
            case Plan.Cycles cycles -> {
                CommandSettings command = cycles.pattern().getFirst().command();
                if (command != null) {
                    run(cycles, command, listener);
                    return;
                }
                // Each experiment has its own agent, because its generations are numbered from 1.
                try (Agent agent = agent()) {
                    run(cycles, agent, new LocalBackend(), listener);
                }
            }
        }
    }

    private void run(Plan.Cycles cycles, CommandSettings command, ExperimentRunner.Listener listener)
            throws InterruptedException, RecordingException {
        Path output = outputs.resolve(OUTPUT + cycles.experiment().metadata().name() + ".log");
        var commands = new CommandAgent(
                jvm, reader, predictor, command, output, known.getOrDefault(command, KnownCommand.NOTHING));
        try (Agent agent = meters == null ? commands : meters.measured(commands)) {
            run(cycles, agent, new CommandBackend(commands), listener);
        }
        known.put(command, commands.known());
    }

    private void run(Plan.Cycles cycles, Agent agent, Backend backend, ExperimentRunner.Listener listener)
            throws InterruptedException, RecordingException {
        new ExperimentRunner(agent, this::clients, this::obstacle, listener, backend).run(cycles);
    }

    private Agent agent() throws InterruptedException {
        var agent = new LocalAgent(jvm, reader, predictor);
        if (agent.isClosed()) {
            // The signal has arrived, but this thread may not have been interrupted yet.
            throw new InterruptedException("this process is ending");
        }
        return meters == null ? agent : meters.measured(agent);
    }

    private ClientGroup clients(Place place, PlannedCycle plan) throws CycleFailure {
        try {
            return ChildClients.start(jvm, place, CycleClients.wanted(plan), meters == null ? null : meters.clients());
        } catch (IOException e) {
            throw new CycleFailure("The clients could not be started: " + e.getMessage() + ".");
        }
    }

    private ServerCycle.Placed obstacle(Place place, PlannedCycle.Obstacle obstacle)
            throws InterruptedException, CycleFailure {
        Place there = obstacle.address() == null ? place : new Place(obstacle.address(), place.port());
        Obstacles.Kind kind = Obstacles.Kind.valueOf(obstacle.kind().name());
        return switch (Obstacles.place(jvm, kind, there, obstacle.reuseAddress(), obstacle.reusePort())) {
            case Obstacles.Placing.Placed placed -> placed.obstacle()::close;
            case Obstacles.Placing.Failed failed -> throw new CycleFailure(failed.why() + ".");
        };
    }

    @Override
    public void close() {}
}
