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

/** Runs plans on this machine: servers and clients are children of this process. Nothing of it outlives {@link #close}. */
public final class LocalLab implements AutoCloseable {
    /** Of the files with what commands wrote; the experiment's name follows. */
    public static final String OUTPUT = "output-";

    private final ChildJvm jvm = ChildJvm.likeThis();
    private final SocketReader reader = SocketReaders.best();
    private final ReleasePredictor predictor = new ReleasePredictor();
    private final @Nullable AgentMeters meters;
    private volatile Path outputs = Path.of("");
    /** What earlier experiments came to know of their commands. */
    private final Map<CommandSettings, KnownCommand> known = new ConcurrentHashMap<>();

    /** A lab that measures nothing. */
    public LocalLab() {
        this.meters = null;
    }

    /** A lab whose agents and clients are measured. */
    public LocalLab(MeterRegistry registry) {
        this.meters = new AgentMeters(registry, reader, predictor);
        var _ = meters.clients();
    }

    /** What this machine can do of each experiment, checked before anything starts. */
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

    /** The folder for what commands write, a file for each experiment; without it, the one that this process runs in. */
    public void outputTo(Path folder) {
        outputs = folder;
    }

    /** Reads this machine's sockets. */
    public SocketReader reader() {
        return reader;
    }

    /** Predicts when this machine's leftovers go away, from what earlier releases taught. */
    public ReleasePredictor predictor() {
        return predictor;
    }

    /** Kernel ticks per second; null if not known. */
    public @Nullable Integer hz() {
        return predictor.hz().isPresent() ? (int) predictor.hz().getAsLong() : null;
    }

    /**
     * Runs a plan to its last record.
     *
     * @throws InterruptedException when this thread was interrupted, or this process began to end: children are ended,
     *     and running cycles have no record
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
                // An agent for each experiment: its generations are numbered from 1.
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
