package dev.rebind.cycle;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Clearing;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.Agent.StopWay;
import dev.rebind.agent.PortView;
import dev.rebind.agent.clients.Clients;
import dev.rebind.experiment.ExperimentSpec.Close;
import dev.rebind.experiment.ExperimentSpec.OnFailure;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * One restart of a server: arrange, stop, look at what is left, start, bind or fail, wait until it serves again. Reads
 * top to bottom; blocks; always ends in a record unless it is interrupted.
 */
final class ServerCycle {
    /** Longest wait for what a cycle is meant to leave on the port; a close takes a few segments' time. */
    private static final Duration SETTLE = Duration.ofSeconds(3);
    /** Longest wait for clients to be served, before the restart and after it. */
    private static final Duration SERVED = Duration.ofSeconds(20);

    private final Agent agent;
    private final PlannedCycle plan;
    private final Site site;
    private final Account account;

    ServerCycle(Agent agent, PlannedCycle plan, Site site) {
        this.agent = agent;
        this.plan = plan;
        this.site = site;
        this.account = new Account(plan, site.place());
    }

    CycleRecord run() throws InterruptedException {
        try (var sampler = new Sampler(agent, site.place())) {
            try {
                restart(sampler);
            } catch (CycleFailure e) {
                account.broken(e.getMessage());
            }
            return account.record(sampler);
        }
    }

    private void restart(Sampler sampler) throws InterruptedException, CycleFailure {
        Place place = site.place();
        Start.Bound old = site.oldGeneration(plan);
        account.old(old);
        Clients clients = site.clients(plan);
        arrange(place, clients);

        clients.mark();
        account.stopping(Moment.now(), agent.look(place));
        close(old, clients);
        PortView residue = Settling.residue(agent, place, SETTLE, account::asMeant);
        account.residue(residue);
        sampler.add(residue);
        site.obstacle(plan);

        Start start = agent.start(site.newGeneration(plan));
        switch (start) {
            case Start.Bound bound -> account.bound(bound);
            case Start.Failed failed -> failed(failed, sampler);
            case Start.Broken broken -> throw new CycleFailure("The new generation could not be run: " + broken.why());
        }
        account.serving(site.servedAgain(plan, SERVED));
    }

    /** Brings clients and sockets into the state that the cycle is about, and waits until the kernel shows it. */
    private void arrange(Place place, Clients clients) throws InterruptedException, CycleFailure {
        switch (plan.close()) {
            case stall -> {
                clients.stall();
                boolean full = plan.clients().untilFull();
                await(place, full ? new Full()::reached : view -> queued(view.remote()),
                        full ? "the clients' windows are full and the server has unsent data" : "data lies unread at every client");
            }
            case kill -> {
                if (!plan.server().reading()) {
                    await(place, view -> queued(view.local()), "data lies unread at the server on every connection");
                }
            }
            case server, client, reset, keep, none -> {}
        }
    }
}
