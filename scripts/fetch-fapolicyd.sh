#!/usr/bin/env bash
# Puts Debian's fapolicyd, unpacked and never installed, into .cache/fapolicyd, where the enforcement tests look for it
# (CORDON_FAPOLICYD_ROOT names another folder). Installing the package would enable a daemon that guards this machine.
# Its libraries are installed when missing. Needs a Debian or Ubuntu with apt-get, and root for the libraries only.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CORDON_FAPOLICYD_ROOT:-.cache/fapolicyd}
if [ -x "$target/usr/sbin/fapolicyd" ] && ! ldd "$target/usr/sbin/fapolicyd" | grep -q 'not found'; then
  exit 0
fi

lists_are_fresh() { find /var/lib/apt/lists -name '*_Packages*' -mtime -1 2>/dev/null | grep -q .; }
lists_are_fresh || apt-get -qq update

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
(cd "$work" && apt-get -qq -o APT::Sandbox::User=root download fapolicyd)

missing=()
depends=$(dpkg-deb --field "$work"/fapolicyd_*.deb Depends)
while read -r name; do
  case $name in lib*) ;; *) continue ;; esac
  dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null | grep -q '^installed' || missing+=("$name")
done < <(printf '%s\n' "$depends" | tr ',' '\n' | sed -E 's/\|.*//; s/[[:space:]]*\(.*//; s/^[[:space:]]*//')
if [ ${#missing[@]} -gt 0 ]; then
  DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
fi

mkdir -p "$(dirname "$target")"
dpkg-deb --extract "$work"/fapolicyd_*.deb "$work/root"
rm -rf "$target"
mv "$work/root" "$target"
ldd "$target/usr/sbin/fapolicyd" | { ! grep 'not found'; }
echo "fapolicyd $(dpkg-deb --field "$work"/fapolicyd_*.deb Version) is unpacked in $target"
