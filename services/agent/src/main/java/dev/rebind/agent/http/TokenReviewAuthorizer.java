package dev.rebind.agent.http;

import dev.rebind.agent.http.Authorizer.Decision.Allowed;
import dev.rebind.agent.http.Authorizer.Decision.Forbidden;
import dev.rebind.agent.http.Authorizer.Decision.Unauthenticated;
import dev.rebind.agent.http.Authorizer.Decision.Undecided;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets in one user of a Kubernetes cluster. Asks the API server whose a token is and whether it was made for agents ({@code
 * authentication.k8s.io/v1 TokenReview}; this needs the right to create tokenreviews). A positive answer is remembered for 10 s, a negative
 * one never. Nobody is let in while the API server does not answer.
 */
public final class TokenReviewAuthorizer implements Authorizer {
    /** The audience of tokens for agents. Tokens for the API server itself do not have it. */
    public static final String AUDIENCE = "rebind.dev/agent";

    private static final long KEPT_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int MOST = 64;
    private static final int MILLIS = 5_000;
    /** The number of reviews at the same time, so that a caller with many tokens cannot flood the API server through the agent. */
    private static final int AT_ONCE = 8;

    private final KubernetesClient client;
    private final String allowedUser;
    private final LongSupplier nanoClock;
    private final Semaphore reviews = new Semaphore(AT_ONCE);
    /** When each token was let in, by the token's hash. */
    private final Map<String, Long> letIn = new LinkedHashMap<>();

    TokenReviewAuthorizer(Config config, String allowedUser, LongSupplier nanoClock) {
        this.client = KubernetesClients.builder()
                .withConfig(new ConfigBuilder(config)
                        .withConnectionTimeout(MILLIS)
                        .withRequestTimeout(MILLIS)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        this.allowedUser = allowedUser;
        this.nanoClock = nanoClock;
    }

    /** Uses the API server of this pod or of the kubeconfig. */
    public static TokenReviewAuthorizer of(String allowedUser) {
        return new TokenReviewAuthorizer(Config.autoConfigure(null), allowedUser, System::nanoTime);
    }

    @Override
    public Decision check(@Nullable String bearer) {
        if (bearer == null || bearer.isEmpty()) {
            return new Unauthenticated("a bearer token is needed");
        }
        String hash = hash(bearer);
        if (lately(hash)) {
            return new Allowed(allowedUser);
        }
        Decision decision = review(bearer);
        if (decision instanceof Allowed) {
            remember(hash);
        }
        return decision;
    }

    private Decision review(String bearer) {
        TokenReview question = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(bearer)
                .withAudiences(AUDIENCE)
                .endSpec()
                .build();
        reviews.acquireUninterruptibly();
        try {
            return decide(client.authentication().v1().tokenReviews().create(question));
        } catch (RuntimeException e) {
            // A KubernetesClientException or any other failure of the client: the token has not been confirmed.
            return new Undecided("the API server did not review the token: " + e.getMessage());
        } finally {
            reviews.release();
        }
    }

    private Decision decide(@Nullable TokenReview answer) {
        TokenReviewStatus status = answer == null ? null : answer.getStatus();
        if (status == null) {
            return new Undecided("the API server did not say whose the token is");
        }
        if (!Boolean.TRUE.equals(status.getAuthenticated())) {
            String error = status.getError();
            return new Unauthenticated(
                    error == null || error.isEmpty() ? "the token is not valid for audience " + AUDIENCE : error);
        }
        List<String> audiences = status.getAudiences();
        // An API server that does not support audiences returns none, and has checked none.
        if (audiences == null || !audiences.contains(AUDIENCE)) {
            return new Unauthenticated("the token is not for audience " + AUDIENCE);
        }
        String user = status.getUser() == null ? null : status.getUser().getUsername();
        if (user == null) {
            return new Undecided("the API server did not say whose the token is");
        }
        return user.equals(allowedUser)
                ? new Allowed(user)
                : new Forbidden(user, "only " + allowedUser + " may drive this agent");
    }

    private synchronized boolean lately(String hash) {
        Long since = letIn.get(hash);
        return since != null && nanoClock.getAsLong() - since < KEPT_NANOS;
    }

    private synchronized void remember(String hash) {
        letIn.remove(hash);
        letIn.put(hash, nanoClock.getAsLong());
        if (letIn.size() > MOST) {
            letIn.remove(letIn.keySet().iterator().next());
        }
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
