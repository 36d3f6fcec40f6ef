# Before the files of {{ package }} are removed: stop and disable its units. An upgrade leaves them
# to the new version.
units='{{ units }}'

[ "$1" -eq 0 ] || exit 0
command -v systemctl >/dev/null 2>&1 || exit 0
set -f

for unit in $units; do
    systemctl --no-reload disable "$unit" >/dev/null 2>&1 </dev/null
done

[ -d /run/systemd/system ] || exit 0
for unit in $units; do
    systemctl --no-block stop "$unit" >/dev/null 2>&1 </dev/null
done

# Wait for the stop jobs, but never hold rpm's lock for longer than this.
left='{{ timeout }}'
for unit in $units; do
    while [ "$left" -gt 0 ]; do
        job=$(systemctl show --property=Job "$unit" 2>/dev/null </dev/null)
        case ${job#Job=} in
        '' | 0) break ;;
        esac
        sleep 1
        left=$((left - 1))
    done
done
exit 0
