package dev.rebind.e2e.checks;

import dev.rebind.e2e.cluster.Spec;
import java.util.List;

/** Specs that the API server must refuse, each with a part of the message that names the field. */
final class InvalidSpecs {
    private static final String TABLE = """
        spec.cycle                                    {cycle: 3}
        spec.restart.moed                             {restart: {moed: process}}
        spec.steps                                    {parallel: 2, steps: []}
        spec.cells                                    {cells: []}
        spec.truthTable                               {truthTable: {}}
        spec.obstacle                                 {obstacle: {kind: listener}}
        spec.cycles                                   {cycles: 0}
        spec.cycles                                   {cycles: 1000001}
        spec.cycles                                   {cycles: three}
        spec.duration                                 {cycles: 3, duration: 10s}
        spec.duration                                 {duration: "10"}
        spec.duration                                 {duration: -5s}
        spec.target.server.port                       {target: {server: {port: 70000}}}
        spec.target.server.service                    {target: {server: {service: http}}}
        spec.target.server.backlog                    {target: {server: {backlog: 0}}}
        spec.target                                   {target: {server: {reusePort: true}}}
        spec.target.workloadRef.kind                  {target: {workloadRef: {kind: CronJob, name: x}}}
        spec.target.workloadRef.name                  {target: {workloadRef: {kind: Deployment}}}
        spec.restart.mode                             {restart: {mode: reboot}}
        spec.restart.close                            {restart: {close: keep}}
        spec.restart.close                            {restart: {close: none}}
        spec.restart                                  {restart: {mode: listener, close: kill}}
        spec.restart                                  {restart: {mode: pod, close: kill}}
        spec.restart.gracePeriod                      {restart: {gracePeriod: soon}}
        spec.restart.interval                         {restart: {interval: "1"}}
        spec.reuseAddress                             {reuseAddress: {value: true, matrix: true}}
        spec.reuseAddress                             {reuseAddress: {}}
        spec.reuseAddress.value                       {reuseAddress: {value: "on"}}
        spec.reuseAddress                             {reuseAddress: {sequence: [true]}}
        spec.reuseAddress                             {reuseAddress: {matrix: false}}
        spec.clients.connections                      {clients: {connections: -1}}
        spec.clients.connections                      {clients: {connections: 10001}}
        spec.clients.behaviour                        {clients: {behaviour: sleep}}
        spec.clients                                  {clients: {connections: 0}, restart: {close: client}}
        spec.clients                                  {clients: {behaviour: stall}}
        spec.clients                                  {clients: {untilFull: true}}
        spec.onFailure                                {onFailure: move}
        spec.retry                                    {onFailure: clear, retry: {timeout: 5s}}
        spec.onFailure                                {onFailure: clear, restart: {mode: container}}
        spec.retry.interval                           {retry: {interval: often}}
        spec.expect.outcome                           {expect: {outcome: refused}}
        spec.expect                                   {expect: {outcome: bound, cause: time_wait}}
        spec.expect.cause                             {expect: {cause: bad_luck}}
        spec.expect.residue                           {expect: {residue: [WAIT]}}
        spec.expect.maxBindFailures                   {expect: {maxBindFailures: -1}}
        spec.expect                                   {expect: {boundWithin: 65s, cause: time_wait}}
        spec.expect.boundWithin                       {expect: {boundWithin: 0s}}
        spec.expect.servedWithin                      {expect: {servedWithin: 0s}}
        spec.clients.tls.caFrom                       {target: {workloadRef: {kind: Deployment, name: web}}, clients: {tls: {caFrom: {}}}}
        spec.clients.tls.caFrom                       {target: {workloadRef: {kind: Deployment, name: web}}, clients: {tls: {insecure: true, caFrom: {configMapKeyRef: {name: ca, key: ca.crt}}}}}
        spec.expect.maxDowntime                       {expect: {maxDowntime: 0s}}
        spec.expect.boundWithin                       {expect: {boundWithin: soon}}
        spec.expect                                   {expect: {maxDowntime: 5s}, clients: {connections: 0}}
        spec.expect                                   {expect: {maxDowntime: 5s}, restart: {close: client}, clients: {http: {}}}
        spec.duration                                 {duration: 0s}
        spec.duration                                 {duration: 9000h}
        spec.duration                                 {duration: 99999999h}
        spec.restart.gracePeriod                      {restart: {gracePeriod: "0"}}
        spec.retry.interval                           {retry: {interval: 0ms}}
        spec.retry.timeout                            {retry: {timeout: 0.0s}}
        spec.retry.interval                           {retry: {interval: 10s, timeout: 5s}}
        spec.target                                   {target: {server: {service: echo}, workloadRef: {kind: Pod, name: a}}, restart: {mode: container}}
        spec.target.server.transport                  {target: {server: {transport: epoll}}, restart: {mode: pod}}
        spec.target.server.backlog                    {target: {server: {backlog: 5}}, restart: {mode: rollout}}
        spec.target.workloadRef.name                  {target: {workloadRef: {kind: Deployment, name: A b/c}}}
        spec.target.workloadRef.container             {target: {workloadRef: {kind: Deployment, name: a, container: A}}}
        spec.target.workloadRef.stopCommand           {target: {workloadRef: {kind: Pod, name: a, stopCommand: ["true"]}}}
        spec.toggle.configMapKeyRef.name              {toggle: {configMapKeyRef: {name: a/b, key: k}}, restart: {mode: pod}}
        spec.toggle.configMapKeyRef.key               {toggle: {configMapKeyRef: {name: a, key: b c}}, restart: {mode: pod}}
        spec.toggle.configMapKeyRef                   {toggle: {configMapKeyRef: {name: a, key: k, on: "false"}}, restart: {mode: pod}}
        spec.suspend                                  {suspend: "yes"}
        spec.restore                                  {restore: later, restart: {mode: pod}}
        spec.restore                                  {restore: now}
        spec.ttlSecondsAfterFinished                  {ttlSecondsAfterFinished: -1}
        spec.startingDeadlineSeconds                  {startingDeadlineSeconds: 0}
        """;

    private InvalidSpecs() {}

    record Invalid(String field, Spec spec) {}

    static List<Invalid> all() {
        return TABLE.lines()
                .map(line -> line.split(" +", 2))
                .map(row -> new Invalid(row[0], Spec.of(row[1])))
                .toList();
    }
}
