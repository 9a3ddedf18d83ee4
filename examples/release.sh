#!/usr/bin/env bash
# Release a device and wait for the proof, with curl and jq. The values are the emulator's well-known ones; the
# environment replaces them.
#
#     bash examples/release.sh ws-001.cordon.test "cleaned and validated, ticket 8841"
set -euo pipefail

name=$1
comment=$2
url=${CORDON_URL:-http://127.0.0.1:8080}
tenant=${CORDON_TENANT:-11111111-1111-4111-8111-111111111111}
client=${CORDON_CLIENT_ID:-22222222-2222-4222-8222-222222222222}
secret=${CORDON_CLIENT_SECRET:-cordon-emulator-secret}

token=$(curl --silent --show-error --fail-with-body "$url/$tenant/oauth2/v2.0/token" \
  --data-urlencode "client_id=$client" \
  --data-urlencode "client_secret=$secret" \
  --data-urlencode 'grant_type=client_credentials' \
  --data-urlencode 'scope=https://api.securitycenter.microsoft.com/.default' | jq --raw-output .access_token)

# Prints the answer; a refusal goes to standard error and ends the script.
call() {
  local answer
  if ! answer=$(curl --silent --show-error --fail-with-body --header "Authorization: Bearer $token" \
    --header 'Content-Type: application/json' "$@"); then
    echo "$answer" >&2
    return 1
  fi
  echo "$answer"
}

machine=$(call --get "$url/api/machines" --data-urlencode "\$filter=computerDnsName eq '$name'" |
  jq --raw-output '.value[0].id // empty')
if [ -z "$machine" ]; then
  echo "There is no machine named $name." >&2
  exit 1
fi

action=$(call "$url/api/machines/$machine/unrestrictCodeExecution" \
  --data "$(jq --null-input --arg comment "$comment" '{Comment: $comment}')" | jq --raw-output .id)
while true; do
  status=$(call "$url/api/machineactions/$action" | jq --raw-output .status)
  echo "$action $status"
  case $status in
    Pending | InProgress) sleep 0.5 ;;
    Succeeded) exit 0 ;;
    *) exit 1 ;;
  esac
done
