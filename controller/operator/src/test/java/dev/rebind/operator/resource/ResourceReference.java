package dev.rebind.operator.resource;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.record.Phase;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Writes docs/reference/resource.md from the CustomResourceDefinition. */
final class ResourceReference {
    private static final String HEAD = """
            # The RebindExperiment resource

            Generated from the code (`./mvnw test -Drebind.update-docs=true`); do not edit.

            The resource is `rebindexperiments.rebind.dev/v1alpha1`, namespaced, with the short name `rbx`, and it is in `kubectl get all`. Its spec is that of an [experiment file](experiment.md), without
            the fields that only `./rebind run` supports. That page has the defaults; if a
            target has an address and a port of its own, those are the default. `kubectl explain rebindexperiments.spec` prints the same in a terminal.

            The API server refuses fields that exclude each other, in the words of `rebind validate`. The condition `Accepted` says what only the controller can see: whether there is a
            target, and whether experiments may touch it. When an experiment has begun, only `suspend`, `terminate` and
            `ttlSecondsAfterFinished` may change.
            """;

    private static final String CONDITIONS = """

            ## Conditions

            Each condition has `type`, `status`, `reason`, `message`, `lastTransitionTime` and `observedGeneration`, as everywhere in Kubernetes. `kubectl wait --for=condition=Passed` exits
            with 0 when the experiment has passed; a failed experiment has the condition with status False.

            | condition | status | reason | when |
            | --- | --- | --- | --- |
            | `Accepted` | True | `Accepted` | the target was found and taken |
            | | False | `Invalid` | the spec is refused; the phase is Error |
            | | False | `NamespaceNotAllowed` | the namespace lacks the label `rebind.dev/experiments=allowed` |
            | | False | `NoTarget` | there is no such workload, or it has no pod |
            | | False | `SeveralTargets` | more than one pod or server matches |
            | | False | `TooFewTargets` | the workload has fewer pods than `spec.selection.value` |
            | | False | `NoAgent` | the pod has no agent in it, and the restart mode is listener or process |
            | | False | `SeveralContainers` | the pod has no agent in it, and it is not clear which container runs the server |
            | | False | `NoPort` | the spec names no port, and the pod has no port `server`, or, without an agent, no port or several; or `spec.clients.via.hostPort`, and the node maps no port to the server's |
            | | False | `NoOwner` | nothing would recreate the named pod |
            | | False | `NoService` | in restart mode pod or rollout the address changes, and no Service leads to the pod; or that of `spec.clients.via.service` is not there, is headless, or does not lead to the server |
            | | False | `UrlNotAllowed` | the host of `spec.clients.via.url` is not one of the controller's `--client-hosts`, or is an address of the clients' own pod or link |
            | | False | `UnknownHost` | the host of `spec.clients.via.url` has no address |
            | | False | `NoCertificates` | `spec.clients.tls.caFrom` names no certificates, or what the controller may not read |
            | | False | `NoClients` | the experiment needs clients, and no pod of clients is ready |
            | | False | `TargetNotReady` | the pod has no address yet, or its agent does not answer |
            | | False | `TargetHeld` | another experiment has the target |
            | | False | `ClientsHeld` | another experiment has the clients |
            | | False | `Unreachable` | the API server did not answer |
            | | True | `DryRun` | `spec.dryRun`: what would be done is in the message, and in `status.plan` |
            | `TargetReady` | True | `Held` | the target is this experiment's |
            | | False | `Suspended`, `Completed`, `Aborted` | it was given back: the experiment is paused or over |
            | | False | a reason of `Accepted` | it cannot be taken now |
            | | False | `TargetLost` | its pod went, or its agent ended or was taken; the cycle that ran is run anew |
            | | False | `RecordsLost` | a record could not be stored; the phase is Error |
            | | False | `InternalError` | an error in Rebind itself; the phase is Error |
            | `Running` | True | `Running` | cycles are run; where a new container does not start, the message has Kubernetes' own reason, such as `Unschedulable`, and so has an event |
            | | False | `Restoring` | they are over, and the target is being given back |
            | | False | `Suspended`, `Completed`, `Aborted`, or a reason of the above | they are not |
            | `Paused` | True | `Suspended` | `spec.suspend` is true, and the target has its own server |
            | | False | `Running`, `Completed`, `Aborted`, or a reason of the above | the experiment is not paused |
            | `Restored` | True | `Restored` | the target has its own setting again, and its server was seen to listen; the message and `status.restoringMs` say after how long |
            | | True | `AtNextStart` | the toggle's key has its former value, and the target's server was seen to listen; its container was told another value and reads its own when it is started next (`spec.restore: next-start`, the default) |
            | | True | `Untouched` | the target was not touched |
            | | False | `Held` | it is the experiment's |
            | | False | `Restoring` | it is being given back; its server does not listen yet, and the message says why where Kubernetes does |
            | | False | `NotListening` | it was given back, and its server was not seen to listen within 8 min; the message says on which port |
            | | False | `NotRestored` | its container could not be started again to read its own setting |
            | | False | `ToggleNotRestored` | the toggle's key does not have its former value, which is in `status.toggled`; the controller tries again once a minute |
            | | Unknown | `ToggleRestored` | the key was given its former value after the end; whether the container has read it is not known |
            | | Unknown | a reason of the above | nobody saw the target given back; its agent does so by itself within two minutes |
            | `Passed` | True | `Pass` | every cycle passed |
            | | False | `Fail`, `Inconclusive`, `Error`, `Invalid` | the experiment did not pass; set when it is over |
            | | Unknown | `DryRun` | nothing was tested |

            While an experiment waits that has not begun, its phase is Pending and it tries again, every three seconds at first and every 15 s later. With `startingDeadlineSeconds` it gives up in the end, with phase
            Error and the reason that it waited for. When no cycle was run at all, the verdict is Error.
            """;

    private final StringBuilder page = new StringBuilder();

    private ResourceReference() {}

    static String write() {
        JsonNode version = Definition.definition().at("/spec/versions/0");
        JsonNode properties = version.at("/schema/openAPIV3Schema/properties");
        var reference = new ResourceReference();
        reference.page.append(HEAD);
        reference.columns(version.get("additionalPrinterColumns"));
        reference.object("spec", properties.get("spec"));
        reference.object("status", properties.get("status"));
        reference.phases();
        reference.page.append(CONDITIONS);
        reference.rules(properties.get("spec").get("x-kubernetes-validations"));
        return reference.page.toString();
    }

    private void columns(JsonNode columns) {
        page.append("""

                ## Columns of `kubectl get`

                | column | from | with |
                | --- | --- | --- |
                """);
        columns.forEach(column -> page.append("| %s | `%s` | %s |\n"
                .formatted(
                        column.get("name").asText().toUpperCase(Locale.ROOT),
                        column.get("jsonPath").asText(),
                        column.get("priority").asInt() == 0 ? "" : "`-o wide`")));
    }

    private void object(String path, JsonNode object) {
        page.append("\n## `").append(path).append("`\n\n| field | type | |\n| --- | --- | --- |\n");
        object.get("properties")
                .properties()
                .forEach(field -> page.append("| `%s` | %s | %s |\n"
                        .formatted(
                                field.getKey(),
                                type(field.getValue()),
                                field.getValue()
                                        .path("description")
                                        .asText()
                                        .replace("Kubernetes only: ", "")
                                        .replace("|", "\\|"))));
        for (Map.Entry<String, JsonNode> field : object.get("properties").properties()) {
            boolean list = field.getValue().has("items");
            JsonNode below = list ? field.getValue().get("items") : field.getValue();
            if (below.has("properties")) {
                object(path + "." + field.getKey() + (list ? "[]" : ""), below);
            }
        }
    }

    private static String type(JsonNode schema) {
        if (schema.has("enum")) {
            return StreamSupport.stream(schema.get("enum").spliterator(), false)
                    .map(value -> "`" + value.asText() + "`")
                    .collect(Collectors.joining(", "));
        }
        return switch (schema.get("type").asText()) {
            case "array" -> "list of " + type(schema.get("items"));
            case "object" ->
                schema.has("x-kubernetes-preserve-unknown-fields")
                        ? "[record](cycle-record.schema.json)"
                        : schema.has("additionalProperties")
                                ? "map of " + type(schema.get("additionalProperties"))
                                : "map";
            case "integer" ->
                schema.has("maximum")
                        ? schema.get("minimum") + " to " + schema.get("maximum")
                        : schema.has("minimum") ? "number from " + schema.get("minimum") : "number";
            case "boolean" -> "`true`, `false`";
            case "string" -> schema.has("pattern") ? "duration" : "text";
            default -> throw new IllegalStateException("no word for " + schema);
        };
    }

    private void phases() {
        page.append("\nFinal phases: ")
                .append(Arrays.stream(Phase.values())
                        .filter(Phase::isOver)
                        .map(Phase::name)
                        .collect(Collectors.joining(", ")))
                .append(".\n");
    }

    private void rules(JsonNode rules) {
        page.append("\n## What the API server refuses\n\n| field | message |\n| --- | --- |\n");
        rules.forEach(rule -> page.append("| `spec%s` | %s |\n"
                .formatted(
                        rule.path("fieldPath").asText(),
                        rule.get("message").asText().replace("|", "\\|"))));
    }
}
