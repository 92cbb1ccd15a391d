package dev.rebind.operator.live;

import dev.rebind.agent.http.KubernetesClients;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.experiment.rules.PlaceRules;
import dev.rebind.live.Actions;
import dev.rebind.live.ApiJson;
import dev.rebind.live.Experiments;
import dev.rebind.live.Experiments.UnavailableException;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.operator.workload.FailedCall;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.StringReader;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the orders of the live page as changes of resources. It uses the caller's own token, so that the API
 * server decides what the caller may do. It neither uses the controller's own rights nor keeps the token.
 */
public final class ClusterActions implements Actions {
    private static final String EVERYWHERE = "*";

    /** The supported orders. */
    public static final Set<String> OFFERED = Set.of("start", "pause", "resume", "abort");

    /**
     * The number of callers about whom this controller asks the API server at the same time. The limit protects the API
     * server from a client that sends many tokens.
     */
    private static final int AT_ONCE = 8;

    /** How often an order is tried while the phase changes in between. An experiment goes through few phases. */
    private static final int TRIES = 5;

    /** The HTTP status with which the API server answers a JSON patch (RFC 6902) whose test fails, or whose result is invalid. */
    private static final int UNPROCESSABLE = 422;

    /**
     * How often the client repeats a request that may safely be made twice, if the connection breaks or the API server
     * is overloaded. The pauses are 0.1 s and 0.2 s. They are short, because the caller waits for the answer.
     */
    private static final int REPEATED = 2;

    private final Semaphore reviews = new Semaphore(AT_ONCE);
    private final Experiments experiments;
    private final Config server;
    private final List<String> watched;

    /**
     * Creates the actions of one controller.
     *
     * @param controller gives the address of the API server and its certificates; this class does not use its
     *     credentials
     * @param watched the namespaces that the controller watches; {@code *} for all
     */
    public ClusterActions(Config controller, List<String> watched, Experiments experiments) {
        this.experiments = experiments;
        this.server = new ConfigBuilder(Config.empty())
                .withMasterUrl(controller.getMasterUrl())
                .withCaCertFile(controller.getCaCertFile())
                .withCaCertData(controller.getCaCertData())
                .withTrustCerts(controller.isTrustCerts())
                .withDisableHostnameVerification(controller.isDisableHostnameVerification())
                .withHttpsProxy(controller.getHttpsProxy())
                .withNoProxy(controller.getNoProxy())
                .withAutoConfigure(false)
                .build();
        this.watched = List.copyOf(watched);
    }

    @Override
    public Set<String> offered() {
        return OFFERED;
    }

    @Override
    public Answer order(Order order, String namespace, String name, @Nullable String token) {
        if (token == null) {
            return noToken();
        }
        Phase seen;
        try {
            var found = experiments.find(namespace, name);
            if (found.isEmpty()) {
                return new Answer.Refused(404, "there is no experiment " + namespace + "/" + name);
            }
            seen = found.get().overview().phase();
        } catch (UnavailableException e) {
            return new Answer.Refused(503, String.valueOf(e.getMessage()));
        }
        Answer.Refused over = refusesOver(seen);
        if (over != null) {
            return over;
        }
        Answer.Refused refused =
                as(token, REPEATED, client -> order(order, client.resource(named(namespace, name)), seen));
        return refused == null ? new Answer.Asked(new ApiJson.Named(namespace, name)) : refused;
    }

    /**
     * Changes the spec as the order says, unless the experiment is over. The watched phase may be outdated, so the
     * patch makes the API server compare it with the present phase, and change the spec only if both are equal. So the
     * spec of an experiment that is over stays as it is, and no other change is lost. Each request is a patch, so that
     * the caller needs no right to read.
     */
    private static Answer.@Nullable Refused order(Order order, Resource<RebindExperiment> resource, Phase watched) {
        String field = order == Order.abort ? "terminate" : "suspend";
        boolean value = order != Order.resume;
        Phase seen = watched;
        for (int tries = 0; tries < TRIES; tries++) {
            try {
                resource.patch(PatchContext.of(PatchType.JSON), """
                        [{"op": "test", "path": "/status/phase", "value": "%s"},
                         {"op": "add", "path": "/spec/%s", "value": %s}]""".formatted(seen, field, value));
                return null;
            } catch (KubernetesClientException e) {
                if (e.getCode() != UNPROCESSABLE) {
                    throw e;
                }
                // An empty patch changes nothing, and the API server answers with the resource.
                RebindExperiment now = resource.patch(PatchContext.of(PatchType.JSON_MERGE), "{}");
                Phase phase = StatusJson.of(now).phase();
                Answer.Refused over = refusesOver(phase);
                if (over != null) {
                    return over;
                }
                if (now.getStatus() == null || !now.getStatus().hasNonNull("phase")) {
                    // No controller has written a status, so the experiment is not over.
                    resource.patch(
                            PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"%s\":%s}}".formatted(field, value));
                    return null;
                }
                if (phase == seen) {
                    // The phase is the expected one, so the API server refused the patch for another reason.
                    throw e;
                }
                seen = phase;
            }
        }
        return new Answer.Refused(503, "the phase of the experiment changes from request to request; try again");
    }

    private static Answer.@Nullable Refused refusesOver(Phase phase) {
        return phase.isOver() ? new Answer.Refused(409, "the experiment is over: " + phase) : null;
    }

    private static RebindExperiment named(String namespace, String name) {
        var resource = new RebindExperiment();
        resource.setMetadata(
                new ObjectMetaBuilder().withNamespace(namespace).withName(name).build());
        return resource;
    }

    /**
     * Checks the token: asks the API server who the caller is ({@code authentication.k8s.io/v1 SelfSubjectReview},
     * which every user may create).
     */
    @Override
    public Answer.@Nullable Refused refusesStart(@Nullable String token) {
        if (token == null) {
            return noToken();
        }
        if (!reviews.tryAcquire()) {
            return new Answer.Refused(
                    503, "the API server is already being asked about " + AT_ONCE + " callers; try again");
        }
        try {
            Answer.Refused refused = as(token, REPEATED, client -> {
                client.authentication().v1().selfSubjectReviews().create(new SelfSubjectReview());
                return null;
            });
            // If the API server forbids the review or does not know it, it has still accepted the token.
            return refused == null || refused.status() == 403 || refused.status() == 404 ? null : refused;
        } finally {
            reviews.release();
        }
    }

    @Override
    public Answer start(String document, @Nullable String token) {
        if (token == null) {
            return noToken();
        }
        return switch (ExperimentFile.read("experiment", new StringReader(document))) {
            case ExperimentFile.Read.Problems(List<Problem> problems) ->
                new Answer.Refused(400, problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
            case ExperimentFile.Read.Experiments(List<Sourced> experiments)
            when experiments.size() > 1 ->
                new Answer.Refused(400, "the document has " + experiments.size() + " experiments; start one at a time");
            case ExperimentFile.Read.Experiments(List<Sourced> experiments) -> start(experiments.getFirst(), token);
        };
    }

    private Answer start(Sourced sourced, String token) {
        Experiment experiment = sourced.experiment();
        String namespace = experiment.metadata().namespace();
        if (namespace == null) {
            return new Answer.Refused(400, "metadata.namespace: name the namespace of the target");
        }
        if (!watched.contains(EVERYWHERE) && !watched.contains(namespace)) {
            return new Answer.Refused(
                    400,
                    "metadata.namespace: this controller does not watch " + namespace + ", but "
                            + String.join(", ", watched));
        }
        var findings = PlaceRules.cluster(experiment.spec());
        if (!findings.isEmpty()) {
            return new Answer.Refused(
                    400,
                    findings.stream()
                            .map(finding -> finding.field() + ": " + finding.message())
                            .collect(Collectors.joining("\n")));
        }
        // The resource is built from the parsed experiment, not from the document's text, which may contain more.
        var resource = new RebindExperiment();
        resource.setSpec(Json.mapper().valueToTree(experiment.spec()));
        resource.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName(experiment.metadata().name())
                .withLabels(experiment.metadata().labels())
                .withAnnotations(experiment.metadata().annotations())
                .build());
        // The request is not repeated. If the answer to the first one is lost, the second one fails because the
        // experiment already exists.
        Answer.Refused refused = as(token, 0, client -> {
            client.resource(resource).create();
            return null;
        });
        return refused == null
                ? new Answer.Started(
                        new ApiJson.Named(namespace, experiment.metadata().name()))
                : refused;
    }

    private static Answer.Refused noToken() {
        return Actions.noToken("of your Kubernetes account, such as kubectl create token ACCOUNT prints");
    }

    /**
     * Makes a call with the caller's token. Returns null if the call succeeded, or the refusal.
     *
     * @param repeated how often to repeat a request that gets no answer
     * @param work makes the call; returns null, or a refusal of its own
     */
    private Answer.@Nullable Refused as(
            String token, int repeated, Function<KubernetesClient, Answer.@Nullable Refused> work) {
        Config caller = new ConfigBuilder(server)
                .withOauthToken(token)
                .withRequestRetryBackoffLimit(repeated)
                .build();
        try (KubernetesClient client =
                KubernetesClients.builder().withConfig(caller).build()) {
            return work.apply(client);
        } catch (KubernetesClientException e) {
            String why = FailedCall.why(e);
            return switch (e.getCode()) {
                case 401 -> new Answer.Refused(401, "the API server does not know this token: " + why);
                case 403, 404, 409 -> new Answer.Refused(e.getCode(), why);
                case 400, 422 -> new Answer.Refused(400, why);
                case 0 -> new Answer.Refused(503, "the API server did not answer: " + why + "; try again");
                default ->
                    new Answer.Refused(503, "the API server answered with " + e.getCode() + ": " + why + "; try again");
            };
        }
    }
}
