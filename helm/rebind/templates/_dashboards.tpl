{{/* (list $ NAME): a dashboard with links to what this installation has beside it: the live page, the runbooks. */}}
{{- define "rebind.dashboard" -}}
{{- $root := index . 0 -}}
{{- $dashboard := $root.Files.Get (printf "dashboards/%s.json" (index . 1)) | fromJson -}}
{{- $live := trimSuffix "/" $root.Values.dashboards.liveUrl -}}
{{- $runbooks := trimSuffix "/" $root.Values.metrics.rules.runbookUrl -}}
{{- if $live -}}
{{- $_ := set $dashboard "links" (append $dashboard.links (include "rebind.dashboardLink" (list "Live page" (printf "%s/" $live)) | fromJson)) -}}
{{- end -}}
{{- if $runbooks -}}
{{- $_ := set $dashboard "links" (append $dashboard.links (include "rebind.dashboardLink" (list "Runbooks" (printf "%s/README.md" $runbooks)) | fromJson)) -}}
{{- end -}}
{{- range $panel := $dashboard.panels -}}
{{- /* The description of a panel names the alert on the same matter. */ -}}
{{- with and $runbooks (regexFind "Rebind[A-Z][A-Za-z]+" (get $panel "description")) -}}
{{- $_ := set $panel "links" (list (dict "title" (printf "Runbook of %s" .) "url" (printf "%s/%s.md" $runbooks .) "targetBlank" true)) -}}
{{- end -}}
{{- /* A row of the table of experiments is one experiment. */ -}}
{{- if and $live (eq $panel.type "table") (eq $dashboard.uid "rebind-experiments") -}}
{{- $_ := set $panel.fieldConfig.defaults "links" (list (dict "title" "Live page of this experiment" "url" (printf "%s/#/${__data.fields.Namespace}/${__data.fields.Experiment}" $live) "targetBlank" true)) -}}
{{- end -}}
{{- end -}}
{{- toPrettyJson $dashboard -}}
{{- end -}}

{{/* (list TITLE URL) */}}
{{- define "rebind.dashboardLink" -}}
{{- dict "type" "link" "title" (index . 0) "url" (index . 1) "targetBlank" true "icon" "external link" "tags" list "asDropdown" false "includeVars" false "keepTime" false "tooltip" "" | toJson -}}
{{- end -}}
