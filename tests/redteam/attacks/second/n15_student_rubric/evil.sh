#!/bin/sh
echo "ran as $(id -un): $*" >> "$(dirname "$0")/n15_marker"
exec python3 "$@"
