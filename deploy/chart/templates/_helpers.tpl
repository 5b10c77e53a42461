{{- define "workshop.labels" -}}
app.kubernetes.io/name: workshop
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "workshop.select" -}}
app.kubernetes.io/name: workshop
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* Whose the objects of a session are, as their labels say it: no other installation of the
       cluster has it, whatever it is called. */}}
{{- define "workshop.release" -}}
{{- $name := printf "%s.%s" .Release.Namespace .Release.Name }}
{{- if gt (len $name) 63 }}
{{- $name = printf "%s-%s" (trunc 50 $name | trimSuffix ".") (sha256sum $name | trunc 12) }}
{{- end }}
{{- $name }}
{{- end }}

{{- define "workshop.sessionsNamespace" -}}
{{ .Values.sessions.namespace | default (printf "%s-sessions" .Release.Namespace) }}
{{- end }}

{{- /* Whether the chart makes what people log in with at OpenShift, and by which name. */}}
{{- define "workshop.client" -}}
{{- if eq .Values.login.way "openshift" }}
{{- if eq .Values.login.openshift.client "serviceaccount" -}}
system:serviceaccount:{{ .Release.Namespace }}:{{ .Release.Name }}-login
{{- else if eq .Values.login.openshift.client "oauthclient" -}}
{{ .Release.Namespace }}-{{ .Release.Name }}
{{- end }}
{{- end }}
{{- end }}

{{- define "workshop.url" -}}
{{- if not (regexMatch `^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$` .Values.host) }}
{{- fail (printf "host: %q is no host name: expected what people type, in lower case and without https:// and a port, such as class.example.com" .Values.host) }}
{{- end -}}
{{ ternary "https" "http" .Values.https }}://{{ .Values.host }}{{ with .Values.port }}:{{ . }}{{ end }}
{{- end }}

{{- define "workshop.routeAnnotations" -}}
# Terminals stay open while nothing is said; the gateway pings twice a minute.
haproxy.router.openshift.io/timeout: 65s
haproxy.router.openshift.io/timeout-tunnel: 4h
haproxy.router.openshift.io/hsts_header: max-age=31536000
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

{{- /* What a pod of ours may have besides: of .part its labels, annotations and place. */}}
{{- define "workshop.podLabels" -}}
{{ include "workshop.labels" .root }}
app.kubernetes.io/component: {{ .component }}
{{- with .part.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "workshop.podPlace" -}}
{{- with .priorityClass }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* Whoever may make projects may look what the cluster's own console is. */}}
{{- define "workshop.consoleImage" -}}
{{- $image := .Values.console.image }}
{{- if and (not $image) (eq .Values.console.kind "openshift") }}
{{- $image = "quay.io/openshift/origin-console:latest" }}
{{- if eq .Values.project.policy "create" }}
{{- with (lookup "apps/v1" "Deployment" "openshift-console" "console").spec }}
{{- $image = (first .template.spec.containers).image }}
{{- end }}
{{- end }}
{{- end }}
{{- $image }}
{{- end }}

{{- /* HTTP proxies as an environment, in both spellings, because programs differ in what they read. */}}
{{- define "workshop.outgoing" -}}
{{- $found := dict }}
{{- $o := .Values.outgoing }}
{{- if or $o.httpProxy $o.httpsProxy }}
{{- $hub := printf "%s-hub" .Release.Name }}
{{- $inside := list "localhost" "127.0.0.1" ".svc" ".cluster.local" $hub (printf "%s.%s" $hub .Release.Namespace) (printf "%s-proxy-api" .Release.Name) }}
{{- range include "workshop.apiServer" . | fromJsonArray }}
{{- $inside = append $inside (splitList "/" . | first) }}
{{- end }}
{{- with $o.noProxy }}
{{- $inside = append $inside . }}
{{- end }}
{{- range $name, $value := dict "HTTP_PROXY" $o.httpProxy "HTTPS_PROXY" $o.httpsProxy "NO_PROXY" (join "," $inside) }}
{{- if $value }}
{{- $_ := set $found $name $value }}
{{- $_ := set $found (lower $name) $value }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $found }}
{{- end }}

{{- /* The API's addresses behind its Service: policies look at what is reached in the end.
       Sessions without a project have nothing to do there, and not everybody may look. */}}
{{- define "workshop.apiServer" -}}
{{- $api := .Values.network.apiServer }}
{{- if and (not $api) (ne .Values.project.policy "none") }}
{{- range (lookup "v1" "Endpoints" "default" "kubernetes").subsets }}
{{- $port := (index .ports 0).port }}
{{- range .addresses }}
{{- $api = append $api (printf "%s/32:%v" .ip $port) }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $api }}
{{- end }}
