package dev.rebind.operator.run;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** One experiment; another one of the same name has another uid. */
public record Key(String namespace, String name, String uid) {
    public static Key of(HasMetadata resource) {
        return new Key(
                resource.getMetadata().getNamespace(),
                resource.getMetadata().getName(),
                resource.getMetadata().getUid());
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
