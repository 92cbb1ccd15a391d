package dev.rebind.operator.run;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Identifies one experiment. A later experiment of the same name has another uid. */
public record ExperimentKey(String namespace, String name, String uid) {
    public static ExperimentKey of(HasMetadata resource) {
        return new ExperimentKey(
                resource.getMetadata().getNamespace(),
                resource.getMetadata().getName(),
                resource.getMetadata().getUid());
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
