#!/usr/bin/env bash
# What must hold before the team of one checker releases it, step by step; the first one that does not hold ends it.
#   deploy/checkers/release.sh NAME [STEP...]
# Example: deploy/checkers/release.sh limits
#          deploy/checkers/release.sh limits configuration alerts
# Exit codes: 0 it may be released; 1 a step does not hold; 64 wrong usage.
set -euo pipefail

STEPS=(configuration alerts dashboards tests contract image)
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
name="${1:-}"
folder="${RELEASE_FOLDER:-$here/$name}"
[[ -n "$name" && -f "$folder/$name.yaml" ]] || {
  echo "usage: release.sh NAME [STEP...]   NAME: a folder here with NAME.yaml in it (limits, sanctions, business-lookup, integrity); STEP: ${STEPS[*]}" >&2
  exit 64
}
shift

say() { printf '%-14s %s\n' "$1" "$2"; }
bootstrap() { node "$root/bootstrap.mjs" "$@"; }

configuration() { "$root/packages/cli/bin/callback-quorum" check-config --service "$name" --config "$folder/$name.yaml" --no-files; }
alerts() {
  command -v promtool > /dev/null || { say alerts 'SKIPPED: promtool is missing (Debian: prometheus)'; return; }
  # Joined: within a condition a shell goes on after what fails.
  promtool check rules "$folder/alerts.yaml" && promtool test rules "$folder/alerts.test.yaml"
}
dashboards() { node -e 'for (const file of process.argv.slice(1)) JSON.parse(fs.readFileSync(file, "utf8"))' "$folder"/dashboards/*.json; }
tests() { bootstrap test "packages/$name"; }
# The checker as a process of its own, a node that asks it, and a real gateway in front. CONTRACT_MAIN names another build than this checkout's.
contract() { CONTRACT_CHECKER="$name" bootstrap test:long test/contract; }
image() {
  docker info > /dev/null 2>&1 || { say image 'SKIPPED: no container engine answers'; return; }
  docker build --file "$root/deploy/image/Dockerfile" --target "$name" --tag "callback-quorum-$name:$(git -C "$root" describe --always --dirty)" "$root"
}

chosen=("$@")
[[ ${#chosen[@]} -gt 0 ]] || chosen=("${STEPS[@]}")
for step in "${chosen[@]}"; do
  [[ " ${STEPS[*]} " == *" $step "* ]] || { echo "unknown step $step; expected some of: ${STEPS[*]}" >&2; exit 64; }
done
for step in "${chosen[@]}"; do
  say "$step" '...'
  "$step" || { say "$step" "FAILED: $name is not released" >&2; exit 1; }
done
say released "$name holds: ${chosen[*]}"
