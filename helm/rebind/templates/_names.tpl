{{/* Names, labels, image. Every resource is named by rebind.fullname and its component. */}}

{{- define "rebind.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 48 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 48 characters, so that "-controller" and what a workload adds to the names of its pods still fit. */}}
{{- define "rebind.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" -}}
{{- else if contains (include "rebind.name" .) .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "rebind.name" .) | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* (list $ component): what selects the pods of a component; never changes over upgrades. */}}
{{- define "rebind.selectorLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "rebind.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* (list $ component) */}}
{{- define "rebind.labels" -}}
{{- $root := index . 0 -}}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{ include "rebind.selectorLabels" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/part-of: rebind
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* (list $ component): name, namespace and labels of a resource. */}}
{{- define "rebind.metadata" -}}
{{- $root := index . 0 -}}
name: {{ include "rebind.fullname" $root }}-{{ index . 1 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "rebind.labels" . | nindent 2 }}
{{- end -}}

{{- define "rebind.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "rebind.controllerAccount" -}}
{{- if .Values.controller.serviceAccount.create -}}
{{- .Values.controller.serviceAccount.name | default (printf "%s-controller" (include "rebind.fullname" .)) -}}
{{- else -}}
{{- .Values.controller.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "rebind.agentAccount" -}}
{{- if .Values.agent.serviceAccount.create -}}
{{- .Values.agent.serviceAccount.name | default (printf "%s-agent" (include "rebind.fullname" .)) -}}
{{- else -}}
{{- .Values.agent.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* Whether anything of the release runs an agent. */}}
{{- define "rebind.hasAgents" -}}
{{- if or .Values.server.enabled .Values.clients.enabled .Values.nodeAgent.enabled -}}true{{- end -}}
{{- end -}}

{{/* Namespaces that the controller works in, one a line. */}}
{{- define "rebind.watched" -}}
{{- if .Values.controller.clusterWide -}}
{{- if .Values.controller.watchNamespaces }}{{ fail "controller.clusterWide and controller.watchNamespaces exclude each other" }}{{ end -}}
{{- else -}}
{{- .Values.controller.watchNamespaces | default (list .Release.Namespace) | uniq | join "\n" -}}
{{- end -}}
{{- end -}}
