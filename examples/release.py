"""Release a device and wait for the proof. Python 3, standard library only.

Written as for Microsoft Defender for Endpoint: only the two addresses are different. The values are the emulator's
well-known ones; the environment replaces them.

    python3 examples/release.py ws-001.cordon.test "cleaned and validated, ticket 8841"
"""
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ.get("CORDON_URL", "http://127.0.0.1:8080")
TENANT = os.environ.get("CORDON_TENANT", "11111111-1111-4111-8111-111111111111")
CLIENT_ID = os.environ.get("CORDON_CLIENT_ID", "22222222-2222-4222-8222-222222222222")
CLIENT_SECRET = os.environ.get("CORDON_CLIENT_SECRET", "cordon-emulator-secret")


def call(method, address, headers=None, body=None):
    request = urllib.request.Request(address, method=method, headers=headers or {}, data=body)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        sys.exit(f"{refusal.code}: {refusal.read().decode()}")


def take_token():
    form = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "grant_type": "client_credentials",
        "scope": "https://api.securitycenter.microsoft.com/.default",
    }
    body = urllib.parse.urlencode(form).encode()
    return call("POST", f"{URL}/{TENANT}/oauth2/v2.0/token", body=body)["access_token"]


def main(name, comment):
    headers = {"Authorization": f"Bearer {take_token()}", "Content-Type": "application/json"}
    query = urllib.parse.urlencode({"$filter": f"computerDnsName eq '{name}'"})
    machines = call("GET", f"{URL}/api/machines?{query}", headers)["value"]
    if not machines:
        sys.exit(f"There is no machine named {name}.")

    address = f"{URL}/api/machines/{machines[0]['id']}/unrestrictCodeExecution"
    action = call("POST", address, headers, json.dumps({"Comment": comment}).encode())
    while action["status"] in ("Pending", "InProgress"):
        print(f"{action['id']} {action['status']}")
        time.sleep(0.5)
        action = call("GET", f"{URL}/api/machineactions/{action['id']}", headers)
    print(f"{action['id']} {action['status']}")
    sys.exit(0 if action["status"] == "Succeeded" else 1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
