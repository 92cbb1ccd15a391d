package dev.rebind.agent.remote;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortForecast.Releases;
import dev.rebind.agent.PortView;
import dev.rebind.agent.wire.WireMessages.LookAnswer;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.release.ReleasePredictor;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at ports through a remote agent. Safe for several threads. */
final class RemoteLooks {
    static final String FORECAST = "&forecast=true";

    private final AgentConnection connection;
    private final Translation translation;

    RemoteLooks(AgentConnection connection, Translation translation) {
        this.connection = connection;
        this.translation = translation;
    }

    /**
     * @param releases null where they were not asked for, and from an agent that does not predict
     * @param containers containers of the pod in the request; null where the request named none
     */
    record Looked(
            PortView view,
            @Nullable Releases releases,
            @Nullable Set<String> containers) {
        /** Returns the forecast. Where the agent's version does not predict, uses the limits that hold for any kernel. */
        PortForecast forecast() {
            return releases == null
                    ? PortForecast.of(view, ReleasePredictor.elsewhere())
                    : new PortForecast(view, releases);
        }
    }

    /**
     * Asks the agent for a look. Where the agent does not answer, the view says why.
     *
     * @param where further parameters of the query, each with its {@code &}
     */
    Looked ask(Place place, String where) {
        String address = URLEncoder.encode(place.address(), StandardCharsets.UTF_8);
        try {
            LookAnswer answer = connection.get(
                    "/v1/look?address=" + address + "&port=" + place.port() + where,
                    LookAnswer.class,
                    RemoteAgent.QUICK);
            return new Looked(
                    translation.view(answer.view()),
                    answer.releases() == null ? null : translation.releases(answer.releases()),
                    answer.containers());
        } catch (AgentException e) {
            return unseen(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unseen("interrupted");
        }
    }

    private static Looked unseen(String why) {
        return new Looked(unreadable(why), null, null);
    }

    /** Returns the view for a look that the agent did not take or whose answer did not arrive. */
    static PortView unreadable(String why) {
        var reading = new Reading.Unreadable("the agent's look at the port", why);
        return new PortView(reading, reading, reading, Map.of());
    }
}
