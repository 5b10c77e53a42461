{{- define "workshop.labels" -}}
app.kubernetes.io/name: workshop
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "workshop.select" -}}
app.kubernetes.io/name: workshop
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "workshop.sessionsNamespace" -}}
{{ .Values.sessions.namespace | default (printf "%s-sessions" .Release.Namespace) }}
{{- end }}

{{- define "workshop.url" -}}
{{ ternary "https" "http" .Values.https }}://{{ .Values.host }}{{ with .Values.port }}:{{ . }}{{ end }}
{{- end }}

{{- /* What Pod Security's `restricted` asks; OpenShift gives the ids. */}}
{{- define "workshop.podSecurity" -}}
runAsNonRoot: true
seccompProfile: {type: RuntimeDefault}
{{- if eq .Values.platform "kubernetes" }}
runAsUser: 1001
runAsGroup: 0
fsGroup: 1001
{{- end }}
{{- end }}

{{- define "workshop.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "workshop.pullSecrets" -}}
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- /* The API's addresses behind its Service: policies look at what is reached in the end. */}}
{{- define "workshop.apiServer" -}}
{{- $api := .Values.network.apiServer }}
{{- if not $api }}
{{- range (lookup "v1" "Endpoints" "default" "kubernetes").subsets }}
{{- $port := (index .ports 0).port }}
{{- range .addresses }}
{{- $api = append $api (printf "%s/32:%v" .ip $port) }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $api }}
{{- end }}
