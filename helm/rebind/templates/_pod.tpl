{{/* What the pods of all components have in common. */}}

{{/*
(list $ component values): labels and annotations of a pod. The chart's version is not among them: an upgrade that changes nothing else must not
restart a server.
*/}}
{{- define "rebind.podMetadata" -}}
{{- $values := index . 2 -}}
labels:
  {{- include "rebind.selectorLabels" (list (index . 0) (index . 1)) | nindent 2 }}
  app.kubernetes.io/part-of: rebind
  {{- with (index . 0).Values.commonLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- with $values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) $values.podAnnotations (include "rebind.scrapeAnnotations" . | fromYaml) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
(dict "root" $ "component" … "values" … "account" … "container" TEXT "volumes" TEXT "capability" NAME "address" ADDRESS): a pod's spec, but for what shares the node's namespaces.

The security contexts are those of the Pod Security level "restricted". "capability" leaves it: the pod runs as root, as the kernel takes added capabilities away from any other user.
*/}}
{{- define "rebind.podSpec" -}}
{{- $values := .values -}}
serviceAccountName: {{ .account }}
automountServiceAccountToken: true
# Kubernetes would make REBIND_SERVER_PORT=tcp://… from a Service rebind-server, and the program take it for its setting.
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- $securityContext := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- if .root.Values.pods.fixedUser -}}
{{- $securityContext = merge $securityContext (dict "runAsUser" 65532 "runAsGroup" 65532 "fsGroup" 65532) -}}
{{- end -}}
{{- $containerSecurityContext := dict "allowPrivilegeEscalation" false "readOnlyRootFilesystem" true "capabilities" (dict "drop" (list "ALL")) -}}
{{- if .capability -}}
{{- $_ := set $securityContext "runAsNonRoot" false -}}
{{- $_ := set $securityContext "runAsUser" 0 -}}
{{- $_ := set $containerSecurityContext.capabilities "add" (list .capability) -}}
{{- end }}
securityContext:
  {{- toYaml (mergeOverwrite $securityContext $values.podSecurityContext) | nindent 2 }}
containers:
  - name: rebind
    image: {{ include "rebind.image" .root | quote }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    {{- .container | trim | nindent 4 }}
    {{- range $probe := list "startup" "liveness" "readiness" }}
    {{- $settings := index $values.probes $probe }}
    {{- if $settings.enabled }}
    {{ $probe }}Probe:
      httpGet:
        path: {{ ternary "/readyz" "/livez" (eq $probe "readiness") }}
        port: {{ ternary "http" "agent" (eq $.component "controller") }}
        {{- with $.probeHost }}
        host: {{ . }}
        {{- end }}
      {{- toYaml (omit $settings "enabled") | nindent 6 }}
    {{- end }}
    {{- end }}
    {{- with $values.resources }}
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    securityContext:
      {{- toYaml (mergeOverwrite $containerSecurityContext $values.securityContext) | nindent 6 }}
    volumeMounts:
      - name: tmp
        mountPath: /tmp
      {{- with .mounts }}
      {{- . | trim | nindent 6 }}
      {{- end }}
volumes:
  # The only folder that every role writes to: the root file system is read-only.
  - name: tmp
    emptyDir:
      sizeLimit: 64Mi
  {{- with .volumes }}
  {{- . | trim | nindent 2 }}
  {{- end }}
terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  {{- $own := dict "labelSelector" (dict "matchLabels" (include "rebind.selectorLabels" (list $.root $.component) | fromYaml)) }}
  - {{ toYaml (merge (deepCopy .) (ternary dict $own (hasKey . "labelSelector"))) | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* values: variables that a component's values ask for. */}}
{{- define "rebind.furtherVariables" -}}
{{- with .javaOptions }}
- name: JDK_JAVA_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- with .extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
