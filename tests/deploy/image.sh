#!/usr/bin/env bash
# The image: built, and run as strictly as deploy/ runs it. Says so where there is nothing to do that with.
# BUILD_OPTIONS and RUN_OPTIONS are for the engine: BUILD_OPTIONS="--build-arg BASE=python:3.13-slim", for one.
set -euo pipefail
cd "$(dirname "$0")/../.."

for engine in docker podman none; do
    if [[ $engine == none ]] || "$engine" info >/dev/null 2>&1; then break; fi
done
if [[ $engine == none ]]; then
    echo "image: not checked, there is no docker or podman here that runs"
    exit
fi

name=contact-bridge-check-$$
work=$(mktemp --directory)
clean() {
    "$engine" rm --force "$name" || true
    "$engine" volume rm "$name" || true
    "$engine" rmi "$name" || true
    rm -rf "$work"
}
trap 'clean >/dev/null 2>&1' EXIT
cat >"$work/bridge.toml" <<'TOML'
[upstream]
base_url = "http://127.0.0.1:9"
[orgs.main]
api_key = "made-up"
[sources.landing]
provider = "relay"
auth = "bearer"
secret = "made-up"
TOML
chmod -R a+rX "$work"

fail() {
    echo "image: $1" >&2
    "$engine" logs "$name" >&2 || true
    exit 1
}
# Read-only, without a privilege, as a user that nobody knows.
begin() {
    "$engine" run --detach --name "$name" --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
        --user 123456:0 --volume "$name:/data" ${RUN_OPTIONS:-} "$@" >/dev/null
    for _ in {1..60}; do
        if inside python -c "import urllib.request as it; it.urlopen('http://127.0.0.1:8000/readyz')" 2>/dev/null; then return; fi
        sleep 0.5
    done
    fail "it was not ready in time"
}
inside() { "$engine" exec "$name" "$@"; }
end() {
    "$engine" stop --time 45 "$name" >/dev/null
    [[ $("$engine" inspect --format '{{.State.ExitCode}}' "$name") == 0 ]] || fail "it did not stop in order"
    "$engine" rm "$name" >/dev/null
}

"$engine" build ${BUILD_OPTIONS:-} --tag "$name" .
megabytes=$(($("$engine" image inspect --format '{{.Size}}' "$name") / 1000000))
echo "image: $megabytes MB"

"$engine" run --rm ${RUN_OPTIONS:-} "$name" 2>"$work/said" && fail "it started without a configuration"
grep -q 'bridge.toml: there is no such file' "$work/said" || fail "it did not say that a configuration is missing"

begin --env CONTACT_BRIDGE_CONFIG= "$name" contact-bridge serve --host 0.0.0.0 --sandbox
inside contact-bridge send shopify --json | grep -q '"delivered"' || fail "what was sent was not delivered"
end

configured=(--volume "$work/bridge.toml:/etc/contact-bridge/bridge.toml:ro" "$name")
begin "${configured[@]}"
inside contact-bridge send landing --json >"$work/sent"
end
begin "${configured[@]}"
inside contact-bridge events --json | grep -q '"landing"' || fail "what was kept is gone after a restart"
end
echo "image: fine"
