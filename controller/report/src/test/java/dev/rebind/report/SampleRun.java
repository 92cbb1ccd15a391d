package dev.rebind.report;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import java.util.Collection;
import java.util.Map;

/** A run around made-up records. */
public final class SampleRun {
    public static final Machine MACHINE = new Machine(
            "Linux",
            "6.18.0",
            "amd64",
            2,
            250,
            Map.of("net.ipv4.tcp_fin_timeout", "60", "net.ipv4.ip_local_port_range", "32768 60999"),
            "25.0.1+8",
            "5.0.10",
            "0.1.0");

    private SampleRun() {}

    public static Run of(Collection<CycleRecord> records) {
        return of(records, false);
    }

    public static Run of(Collection<CycleRecord> records, boolean interrupted) {
        return new Run(
                RecordBuilder.STOPPED.minusSeconds(1),
                RecordBuilder.STOPPED.plusSeconds(70),
                interrupted,
                records.stream()
                        .map(CycleRecord::experiment)
                        .distinct()
                        .map(name -> subject(name, (int) records.stream()
                                .filter(record -> record.experiment().equals(name))
                                .count()))
                        .toList(),
                MACHINE);
    }

    public static Run.Subject subject(String name, int planned) {
        return new Run.Subject(
                name,
                "What " + name + " shows.",
                "tour/" + name + ".yaml",
                """
                apiVersion: rebind.dev/v1alpha1
                kind: RebindExperiment
                metadata:
                  name: %s
                spec:
                  restart: {mode: process, close: server}
                """.formatted(name),
                planned,
                Phase.Completed);
    }
}
