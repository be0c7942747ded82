#!/usr/bin/env bash
# What is in deploy/, each by a tool of its own; says so where there is none here. The tests beside this file try it.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp --directory --tmpdir="$PWD/.venv")
trap 'rm -rf "$work"' EXIT

checked() { echo "$1: fine"; }
unchecked() { echo "$1: not checked, there is no $2 here"; }
missing() { unchecked "$@"; [[ -z ${CI:-} ]]; } # continuous integration has it

.venv/bin/kubernetes-validate --strict --quiet deploy/kubernetes/{web,delivery,network}.yaml
checked kubernetes
if kubectl kustomize --help >/dev/null 2>&1; then
    kubectl kustomize deploy/kubernetes >"$work/built.yaml"
    .venv/bin/kubernetes-validate --strict --quiet "$work/built.yaml"
    checked kustomize
else unchecked kustomize kubectl; fi

if docker compose version >/dev/null 2>&1; then
    for file in deploy/compose*.yaml; do
        POSTGRES_PASSWORD=none docker compose --file "$file" config --no-env-resolution --quiet
        checked "$file"
    done
else unchecked "compose files" "docker compose (a test holds them to the specification)"; fi

if command -v systemd-analyze >/dev/null; then
    # The program is not installed here; that of the copy is.
    sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' deploy/systemd/contact-bridge.service >"$work/contact-bridge.service"
    systemd-analyze verify --man=no "$work/contact-bridge.service"
    systemd-analyze security --offline=yes --threshold=20 --no-pager "$work/contact-bridge.service" >"$work/exposure" ||
        { grep '→' "$work/exposure"; exit 1; }
    checked systemd
else unchecked systemd systemd-analyze; fi

if command -v promtool >/dev/null; then
    promtool check rules deploy/prometheus/alerts.yaml
    promtool test rules deploy/prometheus/alerts.test.yaml
else missing "alert rules" "promtool (a test parses them)"; fi

caddy=$(command -v .venv/bin/caddy caddy | head -n 1 || true)
if [[ -z $caddy || $("$caddy" version) =~ ^v?2\.[0-6]\. ]]; then missing caddy "Caddy 2.7 or newer"
else
    "$caddy" validate --adapter caddyfile --config deploy/caddy/Caddyfile >"$work/caddy" 2>&1 || { cat "$work/caddy"; exit 1; }
    checked caddy
fi
if ! command -v nginx >/dev/null; then missing nginx "nginx, nor do the tests behind it run"; fi
