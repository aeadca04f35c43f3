#!/bin/sh
# Makes every key, certificate, token and password that compose.yaml mounts, below secrets/, a folder for each container. Makes nothing anew that
# is there. Needs openssl; `callback-quorum` comes from the image, or from CALLBACK_QUORUM (the path of a program: packages/cli/bin/callback-quorum).
#
#   deploy/compose/make-secrets.sh [FOLDER]
#
# The authority's own key stays in secrets/authority and is mounted nowhere: take it away from this machine once everything runs.
set -eu

cd "$(dirname "$0")"
folder=${1:-secrets}
services="gateway limits sanctions business-lookup integrity"
checkers="limits sanctions business-lookup integrity"
days=365
umask 077
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

callback_quorum() {
  if [ -n "${CALLBACK_QUORUM:-}" ]; then
    "$CALLBACK_QUORUM" "$@"
  else
    docker run --rm --network none --user "$(id -u):$(id -g)" --volume "$folder:$folder" callback-quorum/cli "$@"
  fi
}

# key_pair FOLDER NAME
key_pair() {
  [ -f "$folder/$1/$2.pem" ] || callback_quorum keys generate --dir "$folder/$1" --name "$2"
}

# certificate FOLDER NAME COMMON-NAME USE ALTERNATIVE-NAMES
certificate() {
  [ ! -f "$folder/$1/$2.pem" ] || return 0
  mkdir -p "$folder/$1"
  {
    echo "extendedKeyUsage=$4"
    [ -z "$5" ] || echo "subjectAltName=$5"
  } >"$folder/authority/extensions"
  openssl req -new -newkey rsa:2048 -nodes -subj "/CN=$3" -keyout "$folder/$1/$2.key" -out "$folder/authority/request.csr" 2>/dev/null
  openssl x509 -req -in "$folder/authority/request.csr" -CA "$folder/authority/ca.pem" -CAkey "$folder/authority/ca.key" -CAcreateserial \
    -days "$days" -extfile "$folder/authority/extensions" -out "$folder/$1/$2.pem" 2>/dev/null
}

# tokens SERVICE: one bearer token for each role, for people; the service gets their hashes.
tokens() {
  [ ! -f "$folder/$1/admin-tokens.yaml" ] || return 0
  mkdir -p "$folder/people"
  echo 'tokens:' >"$folder/authority/tokens.yaml"
  for role in viewer operator approver; do
    said=$(callback_quorum admin-token --name "$1-$role" --role "$role")
    echo "$said" | sed -n 's/^ *\(cqadm_[A-Za-z0-9_-]*\)$/\1/p' >"$folder/people/$1-$role.token"
    echo "$said" | sed -n '/^  - name:/,$p' >>"$folder/authority/tokens.yaml"
  done
  mv "$folder/authority/tokens.yaml" "$folder/$1/admin-tokens.yaml"
}

mkdir -p "$folder/authority"
[ -f "$folder/authority/ca.pem" ] ||
  openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj '/CN=callback-quorum compose' -keyout "$folder/authority/ca.key" \
    -out "$folder/authority/ca.pem" 2>/dev/null

# The TSS node: bring its public key as secrets/node/node-eu-1.pub. Without one, a pair is made to try things with (callback-quorum simulate).
[ -f "$folder/node/node-eu-1.pub" ] || key_pair node node-eu-1

for service in $services; do
  key_pair "$service" identity
  certificate "$service" tls "$service" serverAuth "DNS:$service,DNS:localhost,IP:127.0.0.1"
  # Who it is to PostgreSQL: the name in the certificate is the role.
  certificate "$service" database "$(echo "$service" | tr - _)" clientAuth ''
  cp "$folder/authority/ca.pem" "$folder/node/node-eu-1.pub" "$folder/$service/"
done
key_pair gateway internal
certificate gateway client gateway clientAuth ''
for service in gateway limits sanctions business-lookup; do tokens "$service"; done
for checker in $checkers; do
  cp "$folder/gateway/internal.pub" "$folder/$checker/gateway-internal.pub"
  cp "$folder/$checker/identity.pub" "$folder/gateway/$checker.pub"
done

certificate postgres server postgres serverAuth 'DNS:postgres,DNS:localhost,IP:127.0.0.1'
cp "$folder/authority/ca.pem" "$folder/postgres/"
for name in superuser lookup-reader; do
  [ -f "$folder/postgres/$name.pw" ] || openssl rand -hex 24 >"$folder/postgres/$name.pw"
done
cp "$folder/postgres/lookup-reader.pw" "$folder/business-lookup/"
mkdir -p "$folder/grafana"
[ -f "$folder/grafana/admin.pw" ] || openssl rand -hex 24 >"$folder/grafana/admin.pw"
rm -f "$folder/authority/extensions" "$folder/authority/request.csr"

# Containers run as whoever owns these files, so that nobody else need be able to read them.
printf 'CQ_UID=%s\nCQ_GID=%s\n' "$(id -u)" "$(id -g)" >"$folder/owner.env"
if [ "$(id -u)" = 0 ]; then
  for service in $services postgres grafana; do chown -R 65532:65532 "$folder/$service"; done
  printf 'CQ_UID=65532\nCQ_GID=65532\n' >"$folder/owner.env"
fi
echo "made in $folder; start with: docker-compose --env-file $folder/owner.env -f deploy/compose/compose.yaml up"
