#!/bin/sh
# Starts the command. _FILE behind the name of a variable takes its value from a file, such as a secret that is mounted: neither
# the process list nor the container's settings show it.
set -eu
for name in $(env | sed -n 's/^\(CORDON_[A-Z_]*\)_FILE=.*/\1/p'); do
  eval "file=\$${name}_FILE"
  if ! value=$(cat -- "$file"); then
    echo "cordon: ${name}_FILE names $file, which cannot be read by user $(id -u)." >&2
    exit 1
  fi
  export "$name=$value"
  unset "${name}_FILE"
done
exec cordon "$@"
