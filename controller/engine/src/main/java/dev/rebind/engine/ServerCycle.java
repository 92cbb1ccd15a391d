package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Clearing;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.agent.Sentences;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.agent.clients.ClientGroup.Service;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One restart of a server: arrange, stop, read the residue, start, bind or fail, wait until it serves again. The code reads from top to
 * bottom. {@link #run} blocks, and returns a record unless its thread is interrupted.
 */
final class ServerCycle {
    /** The longest wait for a state that the cycle arranges: full windows, unread data, closed connections. */
    private static final Duration FILLED = Duration.ofSeconds(10);

    private final Agent agent;
    private final Obstacles obstacles;
    private final PlannedCycle plan;
    private final TestSite site;
    private final CycleRecorder account;
    private final StepObserver steps;
    private final IdleConnections holding = new IdleConnections();

    /** Puts another program on the port. */
    @FunctionalInterface
    interface Obstacles {
        Placed place(Place place, PlannedCycle.Obstacle obstacle) throws InterruptedException, CycleFailure;
    }

    /** Another program that holds the port until {@link #close} ends it. */
    interface Placed extends AutoCloseable {
        @Override
        void close();
    }

    ServerCycle(
            Agent agent, Obstacles obstacles, String experiment, PlannedCycle plan, TestSite site, StepObserver steps) {
        this.agent = agent;
        this.obstacles = obstacles;
        this.plan = plan;
        this.site = site;
        this.account = new CycleRecorder(experiment, plan, site.place(), site.backend());
        this.steps = steps;
    }

    CycleRecord run() throws InterruptedException {
        try (var sampler = new Sampler(agent, site.place(), site.backend().samplePeriod())) {
            try {
                restart(sampler);
            } catch (CycleFailure e) {
                if (Thread.interrupted()) {
                    // The agent reports an interruption as a failed call; it is not a result of the cycle.
                    throw new InterruptedException();
                }
                account.broken(e.sentence());
                // The state of the server and its clients is unknown now, so the next cycle starts new ones.
                site.close();
            }
            return account.record(sampler);
        }
    }

    private void restart(Sampler sampler) throws InterruptedException, CycleFailure {
        steps.step("starting");
        RunningGeneration old = site.arranged(plan);
        TimedClients load = site.load();
        account.old(old);
        sampler.expectChange();
        observe(load, true);
        if (load != null && plan.isHeldOpen() && plan.clientsComeBack()) {
            holding.old(load);
        }
        arrange(load);

        site.backend().preparing(plan);
        steps.step("stopping");
        if (load != null) {
            load.mark();
        }
        account.stopping();
        sampler.expectChange();
        close(old, load);
        PortView residue = settle();
        account.residue(residue);
        sampler.add(residue);
        account.othersMayListen();
        Placed obstacle = obstacle();
        try {
            steps.step("binding");
            GenerationSettings settings = site.next(plan, plan.newReuse());
            Start first = agent.start(settings);
            account.tried();
            switch (first) {
                case Start.Bound bound -> bound(settings, bound, sampler);
                case Start.Failed failed -> failed(settings, failed, sampler);
                case Start.Broken broken ->
                    throw new CycleFailure("The new server could not be run: " + broken.why() + ".");
            }
        } finally {
            obstacle.close();
        }
        if (plan.close() == Close.none && account.isBound()) {
            agent.stop(old.generation(), StopWay.close, plan.gracePeriod());
        }
        serveAgain(load);
    }

    /** Brings clients and sockets into the state that the experiment asks for, and waits until the kernel shows it. */
    private void arrange(@Nullable ClientGroup load) throws InterruptedException {
        if (load == null) {
            return;
        }
        switch (plan.close()) {
            case stall -> {
                load.stall();
                if (plan.command() != null || plan.clients().traffic() instanceof Traffic.Tcp) {
                    // An unknown server may never send data by itself, so there may be no unread data to wait for.
                    return;
                }
                boolean full = plan.clients().untilFull();
                await(
                        full
                                ? new WaitConditions.FullWindows()
                                : view -> WaitConditions.unread(
                                        view.remote(), plan.clients().connections()),
                        full
                                ? "The clients' windows were not full in time."
                                : "No data lay unread at the clients in time.");
            }
            case kill -> {
                if (!plan.server().reading()) {
                    await(
                            view -> WaitConditions.unread(
                                    view.local(), plan.clients().connections()),
                            "No data lay unread at the server in time.");
                }
            }
            case server, client, reset, keep, none -> {}
        }
    }

    /** Lets the clients send requests for the configured time, to measure the latencies of normal service. */
    private void observe(@Nullable ClientGroup load, boolean before) throws InterruptedException {
        Duration time = plan.clients().observe();
        if (load == null || time.isZero()) {
            return;
        }
        steps.step(before ? "measuring latencies before the restart" : "measuring latencies after the restart");
        if (before) {
            load.observe();
        }
        Thread.sleep(time);
    }

    private void await(Predicate<PortView> condition, String otherwise) throws InterruptedException {
        if (!StateWait.await(agent, site.place(), FILLED, condition).reached()) {
            account.warning(otherwise);
        }
    }

    private void close(RunningGeneration old, @Nullable ClientGroup load) throws InterruptedException, CycleFailure {
        switch (plan.close()) {
            case none -> {
                return;
            }
            case client -> {
                if (load != null) {
                    load.disconnect();
                    await(
                            WaitConditions::noConnections,
                            "Not every connection was closed in time after the clients were told to close theirs.");
                    // The stop begins here: the server ran on while its clients closed their connections.
                    account.stopping();
                }
                stop(old, StopWay.close);
            }
            case server, stall -> stop(old, StopWay.close);
            case reset -> stop(old, StopWay.reset);
            case keep -> stop(old, StopWay.keep);
            case kill -> stop(old, StopWay.kill);
        }
        site.gone();
    }

    private void stop(RunningGeneration old, StopWay way) throws CycleFailure {
        switch (agent.stop(old.generation(), way, plan.gracePeriod())) {
            case Stop.Stopped stopped -> account.ended(stopped.took());
            case Stop.Killed killed -> {
                account.ended(killed.took());
                account.warning("The old server"
                        + " did not stop within its grace period and was killed after "
                        + Phrases.seconds((double) killed.took().toMillis())
                        + ": its connections were closed another way than was asked.");
            }
            case Stop.Broken broken ->
                throw new CycleFailure("The old server could not be stopped: " + broken.why() + ".");
        }
    }

    private Placed obstacle() throws InterruptedException, CycleFailure {
        if (plan.obstacle() == null) {
            return () -> {};
        }
        steps.step("placing " + plan.obstacle().kind());
        return obstacles.place(site.place(), plan.obstacle());
    }

    /**
     * Waits until the port shows the intended residue and has stopped changing, and returns the last look. If the kubelet or a controller
     * starts the new server by itself, this wait does not delay the start. If the experiment then names no residue, the wait also lasts
     * until no connection of the server is still closing.
     */
    private PortView settle() throws InterruptedException {
        boolean startsByItself = plan.mode().isFresh() && site.backend().triesByItself();
        boolean untilClosed = startsByItself && plan.expect().residue() == null;
        Duration between = startsByItself ? site.backend().samplePeriod() : StateWait.BETWEEN_LOOKS;
        return StateWait.residue(
                agent,
                site.place(),
                new StateWait.Patience(ResidueSettling.LONGEST, between),
                view -> account.asMeant(view) && (!untilClosed || WaitConditions.noneCloses(view)));
    }

    private void bound(GenerationSettings settings, Start.Bound bound, Sampler sampler) {
        sampler.expectChange();
        site.bound(new RunningGeneration(settings, bound));
        account.bound(settings, bound);
        ClientGroup load = site.load();
        if (load != null) {
            load.bound();
        }
    }

    private void failed(GenerationSettings settings, Start.Failed failed, Sampler sampler)
            throws InterruptedException, CycleFailure {
        ExplainedFailure failure = agent.explain(failed);
        sampler.add(failure.view());
        account.failed(settings, failure);
        if (plan.onFailure() == OnFailure.move || plan.close() == Close.none) {
            return;
        }
        if (!failed.addressInUse() && !site.backend().triesByItself()) {
            throw new CycleFailure("Trying again would not change that.");
        }
        boolean cleared = plan.onFailure() == OnFailure.clear && clear();
        steps.step("waiting until the port is free");
        Release release = cleared ? new Release.Free() : failure.explanation().release();
        // The number of tries is unknown if the program or the kubelet makes them.
        boolean byItself = site.backend().triesByItself();
        BindRetry.Result result = BindRetry.until(
                agent,
                settings,
                release,
                plan.retry().interval(),
                plan.retry().timeout(),
                failed,
                attempt -> steps.waiting(PortWait.of(release, failed, byItself ? null : attempt)));
        account.retried(result.failures(), result.lastFailedNanos());
        switch (result.last()) {
            case Start.Bound bound -> {
                bound(settings, bound, sampler);
                if (plan.onFailure() == OnFailure.wait) {
                    agent.released(failure, bound.freeNanos(), result.exact());
                }
            }
            case Start.Failed last -> account.warning(givenUp(last, byItself && !last.addressInUse()));
            case Start.Broken broken ->
                throw new CycleFailure("The new server could not be run: " + broken.why() + ".");
        }
    }

    /**
     * Returns the warning for a server that was given up.
     *
     * @param elsewhere whether the server may have bound something else, for example another port
     */
    private String givenUp(Start.Failed last, boolean elsewhere) {
        return Sentences.NEW + (elsewhere ? " was not ready within " : " was not bound within ")
                + Phrases.seconds((double) plan.retry().timeout().toMillis()) + " and was given up"
                + (elsewhere ? ": " + last.message() : "") + ".";
    }

    /** Destroys the leftover sockets on the port; returns whether that succeeded. */
    private boolean clear() {
        return switch (agent.clear(site.place())) {
            case Clearing.Cleared cleared -> {
                account.cleared(cleared.sockets());
                yield true;
            }
            case Clearing.Refused refused -> {
                account.warning("What was left could not be cleared: " + refused.why() + ".");
                yield false;
            }
        };
    }

    /** Waits until the clients are served, measures their latencies, checks that they are still served, and returns their last report. */
    private @Nullable ClientReport served(TimedClients load) throws InterruptedException {
        steps.step("waiting for service");
        load.resume();
        Service service = awaitService(load);
        observe(service instanceof Service.Served ? load : null, false);
        ClientReport last = load.report();
        // A single late answer counts as an outage too. It ends with the next answer, and only a report after that
        // tells how long it was.
        for (int i = 0; i < 10 && service instanceof Service.Served && (last == null || last.isOutage()); i++) {
            service = awaitService(load);
            last = load.report();
        }
        account.service(service);
        return last;
    }

    private Service awaitService(TimedClients load) throws InterruptedException {
        return plan.isHeldOpen()
                ? holding.fresh(load, plan.isAnswered(), plan.expect().served(), site.backend()::hasServerEnded)
                : load.awaitService(plan.isAnswered(), plan.expect().served(), site.backend()::hasServerEnded);
    }

    private void serveAgain(@Nullable TimedClients load) throws InterruptedException {
        if (load == null) {
            return;
        }
        boolean sameAddress = site.isServerWhereClientsConnect();
        if (!sameAddress) {
            account.warning("Clients were not served again: the new server has another address than the old one,"
                    + " which they connect to.");
        }
        boolean comeBack = sameAddress && plan.clientsComeBack() && account.isBound();
        account.clients(comeBack ? served(load) : load.report(), load.clock());
        holding.warning().ifPresent(account::warning);
        if (!plan.clientsComeBack() || !sameAddress) {
            site.endLoad();
        }
    }
}
