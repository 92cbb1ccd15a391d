{{/* The controller's container and what it mounts. */}}

{{- define "rebind.controllerContainer" -}}
args: [controller]
env:
  - name: REBIND_CONTROLLER_NAMESPACE
    valueFrom:
      fieldRef:
        fieldPath: metadata.namespace
  # Separated by commas; * is all.
  - name: REBIND_CONTROLLER_WATCH_NAMESPACES
    value: {{ include "rebind.watched" . | splitList "\n" | join "," | default "*" | quote }}
  - name: REBIND_CONTROLLER_HTTP_PORT
    value: {{ .Values.controller.port | toString | quote }}
  - name: REBIND_CONTROLLER_RECORDS
    value: /var/lib/rebind
  - name: REBIND_CONTROLLER_LEASE
    value: {{ include "rebind.fullname" . }}-controller
  {{- if .Values.nodeAgent.audit.enabled }}
  - name: REBIND_CONTROLLER_AUDIT_INTERVAL
    value: {{ .Values.nodeAgent.audit.interval }}
  {{- with .Values.nodeAgent.audit.namespaces }}
  - name: REBIND_CONTROLLER_AUDIT_NAMESPACES
    value: {{ join "," . | quote }}
  {{- end }}
  {{- end }}
  {{- with .Values.clients.allowedHosts }}
  # Where the URL of an experiment may send clients, separated by commas.
  - name: REBIND_CONTROLLER_CLIENT_HOSTS
    value: {{ join "," . | quote }}
  {{- end }}
  {{- with include "rebind.furtherVariables" .Values.controller | trim }}
  {{- . | nindent 2 }}
  {{- end }}
ports:
  - name: http
    containerPort: {{ .Values.controller.port }}
{{- end -}}

{{- define "rebind.controllerMounts" -}}
- name: records
  mountPath: /var/lib/rebind
- name: agent-token
  mountPath: /var/run/secrets/rebind.dev/agent
  readOnly: true
{{- end -}}

{{- define "rebind.controllerVolumes" -}}
{{- $claim := .Values.controller.records.persistence -}}
- name: records
  {{- if $claim.enabled }}
  persistentVolumeClaim:
    claimName: {{ $claim.existingClaim | default (printf "%s-controller" (include "rebind.fullname" .)) }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ .Values.controller.records.sizeLimit }}
  {{- end }}
# What the controller shows to agents: good for nobody but them, and for ten minutes.
- name: agent-token
  projected:
    sources:
      - serviceAccountToken:
          audience: rebind.dev/agent
          expirationSeconds: 600
          path: token
{{- end -}}
