package dev.rebind;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.rebind.diagnosis.Audit;
import dev.rebind.diagnosis.BindFailure;
import dev.rebind.diagnosis.PodsAudit;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.sockets.SocketReaders;

/** The direction of imports that docs/architecture.md draws. */
@AnalyzeClasses(
        packages = "dev.rebind",
        importOptions = {DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
    /** The tests of other modules, which {@link DoNotIncludeTests} knows as folders only. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule layers = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("sockets")
            .definedBy("dev.rebind.sockets..")
            .layer("diagnosis")
            .definedBy("dev.rebind.diagnosis..")
            .layer("metrics")
            .definedBy("dev.rebind.metrics..")
            .layer("child")
            .definedBy("dev.rebind.child..")
            .layer("server")
            .definedBy("dev.rebind.server..")
            .layer("client")
            .definedBy("dev.rebind.client..")
            .layer("agent")
            .definedBy("dev.rebind.agent..")
            .layer("experiment")
            .definedBy("dev.rebind.experiment..")
            .layer("plan")
            .definedBy("dev.rebind.plan..")
            .layer("record")
            .definedBy("dev.rebind.record..")
            .layer("engine")
            .definedBy("dev.rebind.engine..")
            .layer("report")
            .definedBy("dev.rebind.report..")
            .layer("live")
            .definedBy("dev.rebind.live..")
            .layer("operator")
            .definedBy("dev.rebind.operator..")
            .layer("bench")
            .definedBy("dev.rebind.bench..")
            .layer("cli")
            .definedBy("dev.rebind.cli..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("bench")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("operator")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("live")
            .mayOnlyBeAccessedByLayers("operator", "cli")
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("operator", "cli")
            .whereLayer("report")
            .mayOnlyBeAccessedByLayers("live", "operator", "cli")
            .whereLayer("plan")
            .mayOnlyBeAccessedByLayers("engine", "operator", "cli")
            .whereLayer("record")
            .mayOnlyBeAccessedByLayers("engine", "report", "live", "operator", "cli")
            .whereLayer("agent")
            .mayOnlyBeAccessedByLayers(
                    "experiment", "plan", "record", "engine", "report", "bench", "live", "operator", "cli")
            .whereLayer("metrics")
            .mayOnlyBeAccessedByLayers("server", "client", "agent", "engine")
            .whereLayer("child")
            .mayOnlyBeAccessedByLayers("server", "client", "agent", "engine", "bench", "live", "operator", "cli")
            .whereLayer("server")
            .mayOnlyBeAccessedByLayers("agent", "cli")
            .whereLayer("client")
            .mayOnlyBeAccessedByLayers("agent", "plan", "engine", "bench", "cli");

    @ArchTest
    static final ArchRule every_HTTP_server_has_limits = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.rebind.child.BoundedHttp")
            .should()
            .callMethodWhere(target(nameMatching("createHttpServer")))
            .because("BoundedHttp has the time-outs and limits of all of them");

    @ArchTest
    static final ArchRule everything_after_the_record_only_reads_records = noClasses()
            .that()
            .resideInAPackage("dev.rebind.report..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.rebind.plan..", "dev.rebind.engine..", "dev.rebind.server..", "dev.rebind.client..");

    @ArchTest
    static final ArchRule sockets_stand_on_the_jdk_alone = noClasses()
            .that()
            .resideInAPackage("dev.rebind.sockets..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("dev.rebind.sockets..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule diagnosis_stands_on_sockets_and_the_jdk = noClasses()
            .that()
            .resideInAPackage("dev.rebind.diagnosis..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("dev.rebind.diagnosis..", "dev.rebind.sockets..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule meters_of_ports_stand_on_sockets_and_micrometer = noClasses()
            .that()
            .resideInAPackage("dev.rebind.metrics..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "dev.rebind.metrics..",
                    "dev.rebind.sockets..",
                    "io.micrometer.core.instrument..",
                    "java..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule no_circles =
            slices().matching("dev.rebind.(*)..").should().beFreeOfCycles();

    private static final DescribedPredicate<JavaClass> MODEL_OF_DIAGNOSIS =
            resideInAnyPackage("dev.rebind.diagnosis", "dev.rebind.diagnosis.seen", "dev.rebind.diagnosis.finding");

    @ArchTest
    static final ArchRule no_circles_within_modules = slices().matching("dev.rebind.(**)")
            .should()
            .beFreeOfCycles()
            // The entries of libraries: they stand beside the types that their users see, and call what makes those.
            .ignoreDependency(
                    belongToAnyOf(SocketReaders.class, WhyPort.class, BindFailure.class, Audit.class, PodsAudit.class),
                    alwaysTrue())
            // One model in three packages: what is asked and answered, what was seen, and what was found.
            .ignoreDependency(MODEL_OF_DIAGNOSIS, MODEL_OF_DIAGNOSIS);
}
