{{/*
Recording rules and alerts. What is Prometheus' own template is written [[ … ]] here. "{x,}" and "{}" are right in PromQL, so matchers may be empty.
*/}}

{{- define "rebind.agentMatchers" -}}{{ tpl .Values.metrics.rules.agents . }}{{- end -}}
{{- define "rebind.experimentMatchers" -}}{{ tpl .Values.metrics.rules.experiments . }}{{- end -}}

{{- define "rebind.recordingRules" -}}
{{- $agents := include "rebind.agentMatchers" . -}}
{{- $experiments := include "rebind.experimentMatchers" . -}}
# One counter that two jobs scrape counts once. Sockets of each port by state, without the side of clients that happen to be in the same network namespace.
- record: port_state:rebind_tcp_sockets:sum
  expr: max by (namespace, node, pod, port, state) (rebind_tcp_sockets{side="server",{{ $agents }}})
- record: port_cause:rebind_bind_attempts:rate5m
  expr: sum by (namespace, node, pod, port, outcome, cause) (max without (job, endpoint, container, service) (rate(rebind_bind_attempts_total{ {{- $agents -}} }[5m])))
- record: pod:rebind_time_wait:ratio
  expr: max by (namespace, node, pod) (rebind_tcp_time_wait_sockets{ {{- $agents -}} } / rebind_tcp_time_wait_limit{ {{- $agents -}} })
- record: pod:rebind_client_downtime_seconds:p95
  expr: histogram_quantile(0.95, sum by (namespace, node, pod, le) (rate(rebind_client_downtime_seconds_bucket{ {{- $agents -}} }[15m])))
# Over the whole experiment, however long ago it was.
- record: experiment:rebind_downtime_seconds:p95
  expr: histogram_quantile(0.95, sum by (namespace, experiment, le) (rebind_experiment_downtime_seconds_bucket{ {{- $experiments -}} }))
- record: experiment:rebind_restart_to_bound_seconds:p95
  expr: histogram_quantile(0.95, sum by (namespace, experiment, le) (rebind_experiment_restart_to_bound_seconds_bucket{ {{- $experiments -}} }))
# NaN before the first cycle.
- record: experiment:rebind_failed_cycles:ratio
  expr: |-
    (
      sum by (namespace, experiment) (max by (namespace, experiment, cause) (rebind_experiment_cycles_total{outcome="failed",{{ $experiments }}}))
      or
      0 * sum by (namespace, experiment) (rebind_experiment_cycles_total{ {{- $experiments -}} })
    )
    / sum by (namespace, experiment) (max by (namespace, experiment, outcome, cause) (rebind_experiment_cycles_total{ {{- $experiments -}} }))
{{- end -}}

{{/* (list $ KEY NAME): what follows an alert's expression but for its annotations. */}}
{{- define "rebind.alertHead" -}}
{{- $rules := (index . 0).Values.metrics.rules -}}
{{- $alert := index $rules (index . 1) -}}
for: {{ get $alert "for" | quote }}
labels:
  {{- toYaml (merge (dict "severity" $alert.severity) $rules.alertLabels) | nindent 2 }}
annotations:
  {{- with $rules.runbookUrl }}
  runbook_url: {{ printf "%s/%s.md" (trimSuffix "/" .) (index $ 2) | quote }}
  {{- end }}
{{- end -}}

{{/* (list $ WINDOW): the agents that an experiment held, now or within a window. What happens there is what was asked for. The counter has a hold that no scrape saw. */}}
{{- define "rebind.heldWithin" -}}
{{- $agents := include "rebind.agentMatchers" (index . 0) -}}
(max by (namespace, node, pod) (max_over_time(rebind_agent_held{ {{- $agents -}} }[{{ index . 1 }}])) > 0 or max by (namespace, node, pod) (increase(rebind_agent_holds_total{ {{- $agents -}} }[{{ index . 1 }}])) > 0)
{{- end -}}

{{- define "rebind.alerts" -}}
{{- include "rebind.alertTexts" . | replace "[[" "{{" | replace "]]" "}}" -}}
{{- end -}}

{{- define "rebind.alertTexts" -}}
{{- $rules := .Values.metrics.rules -}}
{{- $agents := include "rebind.agentMatchers" . -}}
{{- $experiments := include "rebind.experimentMatchers" . -}}
{{- if $rules.portNotBound.enabled }}
{{- $for := get $rules.portNotBound "for" }}
{{- /* A shorter one may have no two scrapes in it. */}}
{{- $window := ternary "1m" $for (regexMatch "^(0|[0-9]+m?s)$" $for) }}
# A server that is bound for a moment between two scrapes has a bind that succeeded, which its counter shows and the gauge does not.
- alert: RebindPortNotBound
  expr: |-
    max by (namespace, node, pod, port) (rebind_server_bound{ {{- $agents -}} }) == 0
    unless on (namespace, node, pod, port) (
      sum by (namespace, node, pod, port) (increase(rebind_bind_attempts_total{outcome="bound",{{ $agents }}}[{{ $window }}])) > 0
    )
    unless on (namespace, node, pod) {{ include "rebind.heldWithin" (list . $window) }}
  {{- include "rebind.alertHead" (list . "portNotBound" "RebindPortNotBound") | nindent 2 }}
    summary: 'Port [[ $labels.port ]] of pod [[ $labels.namespace ]]/[[ $labels.pod ]] has been without its server for {{ get $rules.portNotBound "for" }}'
    description: 'The agent in pod [[ $labels.namespace ]]/[[ $labels.pod ]] on node [[ $labels.node ]] has not had its server bind port [[ $labels.port ]] for {{ $for }}, and no experiment held it in that time. Leftovers of the old server go within 62 seconds; a socket that somebody holds stays.'
{{- end }}
{{- if $rules.closeWaitGrowing.enabled }}
{{- $for := get $rules.closeWaitGrowing "for" }}
- alert: RebindCloseWaitGrowing
  expr: |-
    max by (namespace, node, pod, port, side) (rebind_tcp_sockets{state="CLOSE_WAIT",{{ $agents }}})
    - max by (namespace, node, pod, port, side) (min_over_time(rebind_tcp_sockets{state="CLOSE_WAIT",{{ $agents }}}[{{ $for }}]))
    >= {{ $rules.closeWaitGrowing.growth }}
    unless on (namespace, node, pod) {{ include "rebind.heldWithin" (list . $for) }}
  {{- include "rebind.alertHead" (list . "closeWaitGrowing" "RebindCloseWaitGrowing") | nindent 2 }}
    summary: 'Sockets in CLOSE_WAIT on port [[ $labels.port ]] of pod [[ $labels.namespace ]]/[[ $labels.pod ]] keep growing'
    description: '[[ $value ]] more sockets are in CLOSE_WAIT on port [[ $labels.port ]] (side [[ $labels.side ]]) of pod [[ $labels.namespace ]]/[[ $labels.pod ]] than within the {{ $for }} before. The other end has closed and the application does not: it leaks connections.'
{{- end }}
{{- if $rules.timeWaitNearLimit.enabled }}
- alert: RebindTimeWaitNearLimit
  expr: |-
    max by (namespace, node, pod) (rebind_tcp_time_wait_sockets{ {{- $agents -}} } / rebind_tcp_time_wait_limit{ {{- $agents -}} })
    > {{ $rules.timeWaitNearLimit.share }}
  {{- include "rebind.alertHead" (list . "timeWaitNearLimit" "RebindTimeWaitNearLimit") | nindent 2 }}
    summary: 'TIME_WAIT is at [[ $value | humanizePercentage ]] of its limit in the network namespace of pod [[ $labels.namespace ]]/[[ $labels.pod ]]'
    description: 'Pod [[ $labels.namespace ]]/[[ $labels.pod ]] on node [[ $labels.node ]] sees [[ $value | humanizePercentage ]] of net.ipv4.tcp_max_tw_buckets in TIME_WAIT. Above the limit the kernel ends such sockets at once.'
{{- end }}
{{- if $rules.bindFailures.enabled }}
- alert: RebindBindFailures
  expr: |-
    sum by (namespace, node, pod, port, cause, errno) (
      max without (job, endpoint, container, service) (increase(rebind_bind_attempts_total{outcome="failed",{{ $agents }}}[{{ $rules.bindFailures.window }}]))
      unless on (namespace, node, pod) {{ include "rebind.heldWithin" (list . $rules.bindFailures.window) }}
    ) > 0
  {{- include "rebind.alertHead" (list . "bindFailures" "RebindBindFailures") | nindent 2 }}
    summary: 'Binding port [[ $labels.port ]] fails in pod [[ $labels.namespace ]]/[[ $labels.pod ]] with [[ $labels.errno ]], cause [[ $labels.cause ]], and no experiment asked for it'
    description: 'About [[ $value | printf "%.0f" ]] binds of port [[ $labels.port ]] failed in pod [[ $labels.namespace ]]/[[ $labels.pod ]] on node [[ $labels.node ]] within {{ $rules.bindFailures.window }}, errno [[ $labels.errno ]], cause [[ $labels.cause ]]. No experiment held its agent in that time.'
{{- end }}
{{- if $rules.experimentStuck.enabled }}
- alert: RebindExperimentStuck
  expr: |-
    max by (namespace, experiment, phase) (rebind_experiment_phase{phase=~"Pending|Running",{{ $experiments }}}) == 1
    unless on (namespace, experiment) (
      time() - max by (namespace, experiment) (
        {__name__=~"rebind_experiment_(start|last_cycle)_timestamp_seconds",{{ $experiments }}}
      ) < 60
    )
  {{- include "rebind.alertHead" (list . "experimentStuck" "RebindExperimentStuck") | nindent 2 }}
    summary: 'Experiment [[ $labels.namespace ]]/[[ $labels.experiment ]] is [[ $labels.phase ]] and does not move'
    description: 'Experiment [[ $labels.namespace ]]/[[ $labels.experiment ]] is [[ $labels.phase ]] and has finished no cycle for more than {{ get $rules.experimentStuck "for" }}.'
{{- end }}
{{- if $rules.experimentFailed.enabled }}
- alert: RebindExperimentFailed
  expr: |-
    max by (namespace, experiment, verdict) (rebind_experiment_verdict{verdict=~"Fail|Error",{{ $experiments }}}) == 1
    unless on (namespace, experiment) (
      time() - max by (namespace, experiment) (rebind_experiment_completion_timestamp_seconds{ {{- $experiments -}} })
      > {{ $rules.experimentFailed.withinSeconds | int64 }}
    )
  {{- include "rebind.alertHead" (list . "experimentFailed" "RebindExperimentFailed") | nindent 2 }}
    summary: 'Experiment [[ $labels.namespace ]]/[[ $labels.experiment ]] ended with verdict [[ $labels.verdict ]]'
    description: 'What experiment [[ $labels.namespace ]]/[[ $labels.experiment ]] saw is not what it expects (verdict Fail), or it could not be carried out (Error): here [[ $labels.verdict ]].'
{{- end }}
{{- if $rules.clientDowntime.enabled }}
- alert: RebindClientDowntime
  expr: |-
    histogram_quantile({{ $rules.clientDowntime.quantile }}, sum by (namespace, node, pod, port, le) (rate(rebind_client_downtime_seconds_bucket{ {{- $agents -}} }[{{ $rules.clientDowntime.window }}])))
    > {{ $rules.clientDowntime.seconds }}
  {{- include "rebind.alertHead" (list . "clientDowntime" "RebindClientDowntime") | nindent 2 }}
    summary: 'Clients of port [[ $labels.port ]] in pod [[ $labels.namespace ]]/[[ $labels.pod ]] were without service for [[ $value | humanizeDuration ]]'
    description: 'Quantile {{ $rules.clientDowntime.quantile }} of the interruptions that clients of port [[ $labels.port ]] in pod [[ $labels.namespace ]]/[[ $labels.pod ]] saw within {{ $rules.clientDowntime.window }} is [[ $value | humanizeDuration ]]; the objective is {{ $rules.clientDowntime.seconds }} s.'
{{- end }}
{{- if $rules.collectorFailing.enabled }}
- alert: RebindCollectorFailing
  expr: max by (namespace, node, pod) (increase(rebind_socket_read_failures_total{ {{- $agents -}} }[{{ $rules.collectorFailing.window }}])) > 0
  {{- include "rebind.alertHead" (list . "collectorFailing" "RebindCollectorFailing") | nindent 2 }}
    summary: 'Pod [[ $labels.namespace ]]/[[ $labels.pod ]] cannot read its sockets'
    description: 'About [[ $value | printf "%.0f" ]] reads of the kernel''s sockets failed in pod [[ $labels.namespace ]]/[[ $labels.pod ]] on node [[ $labels.node ]] within {{ $rules.collectorFailing.window }}. Its meters of sockets and releases are missing meanwhile.'
{{- end }}
{{- end -}}
