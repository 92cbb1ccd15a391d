{{/* Containers that run "rebind agent". */}}

{{/* (dict "name" … "value" …): a variable of the agent's settings; each is a flag of "rebind agent" too. */}}
{{- define "rebind.agentVariable" -}}
- name: REBIND_AGENT_{{ .name }}
  value: {{ .value | toString | quote }}
{{- end -}}

{{/* (list $ address): who the agent is, its HTTP API, and the one account that it obeys. */}}
{{- define "rebind.agentVariables" -}}
{{- $root := index . 0 -}}
{{- $address := index . 1 -}}
- name: REBIND_AGENT_NODE
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
- name: REBIND_AGENT_POD
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
{{- if eq $address "podIP" }}
- name: REBIND_AGENT_HTTP_ADDRESS
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
{{- else }}
{{ include "rebind.agentVariable" (dict "name" "HTTP_ADDRESS" "value" (ternary "127.0.0.1" "0.0.0.0" (eq $address "loopback"))) }}
{{- end }}
{{ include "rebind.agentVariable" (dict "name" "HTTP_PORT" "value" $root.Values.agent.port) }}
{{ include "rebind.agentVariable" (dict "name" "ALLOWED_USER" "value" (printf "system:serviceaccount:%s:%s" $root.Release.Namespace (include "rebind.controllerAccount" $root))) }}
{{- end -}}

{{/* PID 1 is the agent, which supervises the server. */}}
{{- define "rebind.serverContainer" -}}
{{- $root := index . 0 -}}
{{- $server := $root.Values.server -}}
args: [agent]
env:
  {{- range $name, $value := dict "ADDRESS" $server.address "PORT" (int $server.port) "SERVICE" $server.protocol "RETRY" true }}
  {{- include "rebind.agentVariable" (dict "name" $name "value" $value) | nindent 2 }}
  {{- end }}
  # Read at each start of the container: an experiment toggles the value by patching the key.
  - name: REBIND_AGENT_REUSE_ADDRESS
    valueFrom:
      configMapKeyRef:
        name: {{ include "rebind.fullname" $root }}-server
        key: reuseAddress
  {{- include "rebind.agentVariables" . | trim | nindent 2 }}
  {{- with include "rebind.furtherVariables" $server | trim }}
  {{- . | nindent 2 }}
  {{- end }}
ports:
  - name: server
    containerPort: {{ $server.port }}
    {{- if eq $server.network "hostPort" }}
    # Not "restricted", nor "baseline": Pod Security forbids hostPort in both.
    hostPort: {{ $server.hostPort | int | default (int $server.port) }}
    {{- end }}
  - name: agent
    containerPort: {{ $root.Values.agent.port }}
{{- end -}}

{{/* (list $ values): an agent that supervises nothing, and does what it is asked to. */}}
{{- define "rebind.idleContainer" -}}
{{- $root := index . 0 -}}
args: [agent]
env:
  {{- include "rebind.agentVariable" (dict "name" "IDLE" "value" true) | nindent 2 }}
  {{- if dig "audit" "enabled" false (index . 1) }}
  {{- include "rebind.agentVariable" (dict "name" "AUDIT" "value" true) | nindent 2 }}
  {{- end }}
  {{- include "rebind.agentVariables" (list $root "any") | trim | nindent 2 }}
  {{- with include "rebind.furtherVariables" (index . 1) | trim }}
  {{- . | nindent 2 }}
  {{- end }}
ports:
  - name: agent
    containerPort: {{ $root.Values.agent.port }}
{{- end -}}
