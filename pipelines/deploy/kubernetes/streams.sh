#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu

usage="usage: $0 LIST FOLDER
Writes a kustomization with one Deployment for each line of LIST into FOLDER, which
lies beside base/ and is made anew each time. A line is a name, of small letters,
digits and dashes, and an address:
  door rtsp://user:password@192.0.2.10/stream1
The token that pages and programs need is SIAMBAN_SERVE_TOKEN, of 16 characters or
more. Addresses and token go into Secrets: FOLDER is no place for others to read.
  SIAMBAN_SERVE_TOKEN=\$(openssl rand -hex 16) $0 streams.txt ./site
  kubectl apply -k ./site --prune -l app.kubernetes.io/part-of=siamban"

case ${1-} in
  -h | --help) printf '%s\n' "$usage"; exit 0 ;;
esac
[ $# = 2 ] || { printf '%s\n' "$usage" >&2; exit 2; }
list=$1
folder=$2
fail() {
  echo "$0: $1" >&2
  exit 2
}
[ -r "$list" ] || fail "$list: cannot be read"
[ ${#SIAMBAN_SERVE_TOKEN} -ge 16 ] || fail "SIAMBAN_SERVE_TOKEN: expected 16 characters or more"
[ -e "$(dirname "$folder")/base/kustomization.yaml" ] || fail "$folder: expected a folder beside base"
[ ! -e "$folder" ] || [ -e "$folder/made-by-streams.sh" ] || fail "$folder: is there already, and not made by this"

# one NAME ADDRESS
one() {
  mkdir "$new/$1"
  printf 'source=%s\ntoken=%s\n' "$2" "$SIAMBAN_SERVE_TOKEN" > "$new/$1/secret.env"
  cat > "$new/$1/kustomization.yaml" << END
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base/stream]
nameSuffix: -$1
labels:
  - pairs: {siamban-stream: $1}
    includeSelectors: true
secretGenerator:
  - name: siamban-secret
    envs: [secret.env]
patches:
  - patch: |-
      - {op: replace, path: /spec/template/spec/containers/0/env/0/value, value: "$1"}
    target: {kind: Deployment}
END
}

umask 077
new=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$new"' EXIT
touch "$new/made-by-streams.sh"
names=
number=0
while read -r name address rest; do
  number=$((number + 1))
  case $name in
    '' | '#'*) continue ;;
    *[!a-z0-9-]* | -* | *-) fail "$list: line $number: expected a name of small letters, digits and dashes" ;;
  esac
  case $address${rest:+ $rest} in
    "" | *" "*) fail "$list: line $number: expected a name and an address" ;;
  esac
  [ ! -e "$new/$name" ] || fail "$list: line $number: $name is there twice"
  one "$name" "$address"
  names="$names, $name"
done < "$list"
cat > "$new/kustomization.yaml" << END
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../base$names]
labels:
  - pairs: {app.kubernetes.io/part-of: siamban}
END
rm -rf "$folder"
mv "$new" "$folder"
trap - EXIT
