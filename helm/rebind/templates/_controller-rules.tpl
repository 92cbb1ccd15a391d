{{/* (list $ namespace): what the controller may do in a namespace; "" is all of them. docs/security.md has the reason of each verb. */}}
{{- define "rebind.controllerRules" -}}
{{- $root := index . 0 -}}
{{- $namespace := index . 1 -}}
- apiGroups: [rebind.dev]
  resources: [rebindexperiments]
  verbs: [get, list, watch, patch, delete]
- apiGroups: [rebind.dev]
  resources: [rebindexperiments/status]
  verbs: [get, update, patch]
- apiGroups: ["", events.k8s.io]
  resources: [events]
  verbs: [create, patch]
# The opt-in label of a namespace.
- apiGroups: [""]
  resources: [namespaces]
  {{- with $namespace }}
  resourceNames: [{{ . }}]
  {{- end }}
  verbs: [get]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
# The address by which clients reach a pod that another one takes the place of, and the Service that an experiment names.
- apiGroups: [""]
  resources: [services]
  verbs: [list]
# To which endpoints the Service sent the clients, while they go through one.
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list]
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets]
  verbs: [get, list, watch]
{{- if $root.Values.restartModes.pod }}
- apiGroups: [""]
  resources: [pods]
  verbs: [delete]
- apiGroups: [""]
  resources: [pods/eviction]
  verbs: [create]
{{- end }}
{{- if $root.Values.restartModes.rollout }}
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets]
  verbs: [patch]
{{- end }}
{{- if $root.Values.restartModes.exec.enabled }}
- apiGroups: [""]
  resources: [pods/exec]
  # A WebSocket begins with a GET, which the API server takes for the verb get; from Kubernetes 1.35 on it asks for create as well.
  verbs: [create, get]
{{- end }}
{{- with $root.Values.clients.certificates.configMaps }}
# Certificates that clients trust, by the names that whoever installs the chart has given.
- apiGroups: [""]
  resources: [configmaps]
  resourceNames:
    {{- toYaml . | nindent 4 }}
  verbs: [get]
{{- end }}
{{- with $root.Values.clients.certificates.secrets }}
- apiGroups: [""]
  resources: [secrets]
  resourceNames:
    {{- toYaml . | nindent 4 }}
  verbs: [get]
{{- end }}
{{- if $root.Values.toggles.enabled }}
- apiGroups: [""]
  resources: [configmaps]
  {{- with $root.Values.toggles.configMaps }}
  resourceNames:
    {{- toYaml (append . (printf "%s-server" (include "rebind.fullname" $root)) | uniq) | nindent 4 }}
  {{- end }}
  verbs: [get, patch]
{{- end }}
{{- end -}}
