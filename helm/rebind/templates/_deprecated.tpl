{{/* Values whose names are deprecated: until a version ends one, it works, and the notes name the new one (docs/releasing.md). */}}

{{/* The names, each as {old: a.b, new: c.d, goneIn: "0.3.0"} in one line of the list. values.schema.json must know the old one, too. */}}
{{- define "rebind.deprecatedValues" -}}
renamed: []
{{- end -}}

{{/* Gives each value that is written under its old name to the new one. Every template begins with it, as Helm renders them in an order of its own. */}}
{{- define "rebind.presentValues" -}}
{{- range (include "rebind.deprecatedValues" . | fromYaml).renamed -}}
{{- $old := splitList "." .old -}}
{{- $new := splitList "." .new -}}
{{- $from := $.Values -}}
{{- range initial $old -}}
{{- $from = index $from . | default dict -}}
{{- end -}}
{{- if hasKey $from (last $old) -}}
{{- $to := $.Values -}}
{{- range initial $new -}}
{{- if not (hasKey $to .) -}}
{{- $_ := set $to . dict -}}
{{- end -}}
{{- $to = index $to . -}}
{{- end -}}
{{- $_ := set $to (last $new) (index $from (last $old)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "rebind.deprecationWarnings" -}}
{{- range (include "rebind.deprecatedValues" . | fromYaml).renamed -}}
{{- $old := splitList "." .old -}}
{{- $from := $.Values -}}
{{- range initial $old -}}
{{- $from = index $from . | default dict -}}
{{- end -}}
{{- if hasKey $from (last $old) }}
Warning: the value {{ .old }} is deprecated, and gone in Rebind {{ .goneIn }}; write {{ .new }} instead.
{{ end -}}
{{- end -}}
{{- end -}}
