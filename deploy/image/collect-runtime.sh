#!/bin/sh
# Collects what a service needs to run, and nothing else, into the root file system of an image that is built FROM scratch.
#
#   collect-runtime.sh APP ROOT [NODE]
#
# APP   what `pnpm deploy` made: package.json, dist, migrations, node_modules
# ROOT  the folder that becomes `/`; must not exist
# NODE  the Node.js binary; without it the one on the PATH
#
# There is no shell in ROOT, no package manager and no PostgreSQL. Node.js brings its own time zones (ICU) and certificate authorities. Times of all
# files are SOURCE_DATE_EPOCH (default 0), so that the same sources give the same layers.
set -eu

app=$1
root=$2
node=$(readlink -f "${3:-$(command -v node)}")
user=65532

fail() {
  echo "collect-runtime: $*" >&2
  exit 1
}
[ -f "$app/dist/main.js" ] || fail "$app holds no dist/main.js: run tsc -b and pnpm deploy first"
[ ! -e "$root" ] || fail "$root exists"
case $("$node" --version) in v24.*) ;; *) fail "$node is not Node.js 24" ;; esac

umask 022
mkdir -p "$root/etc/callback-quorum" "$root/etc/ssl/certs" "$root/opt" "$root/usr/local/bin" "$root/var/lib/callback-quorum" \
  "$root/proc" "$root/sys" "$root/dev" "$root/run"
mkdir -m 1777 "$root/tmp"

# Node.js and every library the loader would open for it, with the loader itself, at the paths where it looks.
cp "$node" "$root/usr/local/bin/node"
ldd "$node" | sed -n -e 's/.*=> \(\/[^ ]*\) (0x.*/\1/p' -e 's/^[[:space:]]*\(\/[^ ]*\) (0x.*/\1/p' | sort -u | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done

# The app: of our own packages what runs, without sources, tests and types; no server binaries of the embedded PostgreSQL.
cp -R -P "$app" "$root/opt/callback-quorum"
app="$root/opt/callback-quorum"
for package in "$app" "$app"/node_modules/.pnpm/@callback-quorum+*/node_modules/@callback-quorum/*; do
  # The others here are links to what another folder holds.
  [ ! -L "$package" ] || continue
  rm -rf "$package/src" "$package/test" "$package/tsconfig.json" "$package/README.md"
  find "$package/dist" \( -name '*.d.ts' -o -name '*.map' -o -name '*.tsbuildinfo' -o -name '.tsbuildinfo' \) -delete
done
# They hold the time and the machine of the installation.
rm -f "$app/node_modules/.modules.yaml" "$app/node_modules/.pnpm-workspace-state-v1.json" "$app/pnpm-lock.yaml"
find "$app" -name .bin -type d -prune -exec rm -rf {} +
if find "$app" -path '*@embedded-postgres*' | grep -q .; then fail 'an embedded PostgreSQL is among the packages: deploy with --no-optional'; fi

# Who it runs as, and where names are looked up.
printf 'root:x:0:0:root:/:/nonexistent\nquorum:x:%s:%s:callback-quorum:/var/lib/callback-quorum:/nonexistent\n' "$user" "$user" >"$root/etc/passwd"
printf 'root:x:0:\nquorum:x:%s:\n' "$user" >"$root/etc/group"
printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
# A container engine puts its own in this place.
printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
# Node.js uses its own copy of these; the file is for whoever sets SSL_CERT_FILE or NODE_EXTRA_CA_CERTS.
"$node" -e 'process.stdout.write(require("node:tls").rootCertificates.join("\n") + "\n")' >"$root/etc/ssl/certs/ca-certificates.crt"

chmod 0700 "$root/var/lib/callback-quorum"
# Only who builds as root can give a folder away; others mount one of their own there.
if [ "$(id -u)" = 0 ]; then chown "$user:$user" "$root/var/lib/callback-quorum"; fi
find "$root" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +
