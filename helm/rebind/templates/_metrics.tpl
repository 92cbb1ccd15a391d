{{/* How Prometheus finds the pods, and what the monitors have in common. */}}

{{/* (list $ component …): annotations of a pod for a Prometheus that goes by them; {} without. Every component serves /metrics on its HTTP API. */}}
{{- define "rebind.scrapeAnnotations" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.metrics.annotations.enabled -}}
prometheus.io/scrape: "true"
prometheus.io/port: {{ ternary $root.Values.controller.port $root.Values.agent.port (eq (index . 1) "controller") | toString | quote }}
prometheus.io/path: /metrics
{{- else -}}
{}
{{- end -}}
{{- end -}}

{{/* The settings of a ServiceMonitor or PodMonitor: an endpoint, but for its port. */}}
{{- define "rebind.endpoint" -}}
path: /metrics
{{- with .interval }}
interval: {{ . }}
{{- end }}
{{- with .scrapeTimeout }}
scrapeTimeout: {{ . }}
{{- end }}
relabelings:
  - sourceLabels: [__meta_kubernetes_pod_node_name]
    targetLabel: node
  - sourceLabels: [__meta_kubernetes_pod_label_app_kubernetes_io_component]
    targetLabel: component
  {{- with .relabelings }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* (list $ component labels): name, namespace and labels of a monitor or of the rules. */}}
{{- define "rebind.chosenMetadata" -}}
{{- $metadata := include "rebind.metadata" (list (index . 0) (index . 1)) | fromYaml -}}
{{- $_ := set $metadata "labels" (merge (dict) (index . 2) $metadata.labels) -}}
{{- toYaml $metadata -}}
{{- end -}}

{{/* Matchers of the series of experiments that the controller works on; empty where it works on all. */}}
{{- define "rebind.watchedMatcher" -}}
{{- with include "rebind.watched" . | splitList "\n" | join "|" -}}
{{- printf `namespace=~"%s"` . -}}
{{- end -}}
{{- end -}}
