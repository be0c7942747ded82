#!/usr/bin/env bash
# Run a command as a strict container would: every file system is read-only but for one folder, as process 1, and as a
# user that nobody knows, of group 0, with no capability but to read (where the programs are may be root's alone).
#
#   unshare --mount --pid --fork --mount-proc bash confined.sh FOLDER COMMAND…      (as root)
set -euo pipefail
folder=$1
shift
mount --make-rprivate /
mount --bind "$folder" "$folder"
findmnt --noheadings --raw --output TARGET | while read -r target; do
    case $target in
    "$folder" | /proc* | /sys* | /dev/?*) ;; # of /dev only what matters: below
    *) mount -o remount,bind,ro "$target" || echo "stays writable: $target" >&2 ;;
    esac
done
mount -o remount,bind,ro /dev/shm
cd "$folder"
mkdir tmp && chmod 1777 tmp
export TMPDIR=$folder/tmp
exec setpriv --reuid=12345 --regid=0 --clear-groups --no-new-privs \
    --inh-caps=-all,+dac_read_search --ambient-caps=+dac_read_search --bounding-set=-all,+dac_read_search "$@"
