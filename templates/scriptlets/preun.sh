# Before the files of {{ package }} are removed: stop and disable its units. An upgrade leaves them
# to the new version.
package='{{ package }}'
units='{{ units }}'
leave_units='{{ leave_units }}'

[ "$1" -eq 0 ] || exit 0
command -v systemctl >/dev/null 2>&1 || exit 0
set -f

#% include "instances.sh"

#% include "clock.sh"

#% include "stop.sh"

#% include "change.sh"

#% include "state.sh"

#% include "disable.sh"

stopped=
for unit in $units; do
    disable "$unit"
    case " $leave_units " in
    *" $unit "*) ;;
    *) stopped="$stopped $unit" ;;
    esac
done

if [ -d /run/systemd/system ]; then
    stop "$stopped"
fi
exit 0
