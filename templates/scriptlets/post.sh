# After the files of {{ package }} are unpacked: enable the units that are new, through the preset
# that the package ships (one of the administrator's wins), and let systemd read them.
package='{{ package }}'
units='{{ units }}'
preset_units='{{ preset_units }}'
enable_units='{{ enable_units }}'
count=$1

set -f
record=/var/lib/rpm-state/ambot/$package

# is_new UNIT: whether its file was not there before this transaction.
is_new() {
    if [ -f "$record/$1" ]; then
        read -r file _ <"$record/$1"
        [ "$file" = new ]
    else
        [ "$count" -le 1 ]
    fi
}

# report UNITS: the one line that says what was left undone.
report() {
    if [ -n "$1" ]; then
        printf '%s: not enabled:%s\n' "$package" "$1" >&2
    fi
}

if ! command -v systemctl >/dev/null 2>&1; then
    undone=
    for unit in $enable_units; do
        if is_new "$unit"; then
            undone="$undone $unit"
        fi
    done
    report "$undone"
    exit 0
fi

#% include "instances.sh"

#% include "clock.sh"

#% include "stop.sh"

#% include "change.sh"

#% include "state.sh"

#% include "disable.sh"

# Units that this version no longer has, while their files still exist.
if [ -f "$record/units" ]; then
    gone=
    while read -r unit policy; do
        case " $units " in
        *" $unit "*) continue ;;
        esac
        disable "$unit"
        [ "$policy" = leave ] || gone="$gone $unit"
    done <"$record/units"
    if [ -d /run/systemd/system ]; then
        stop "$gone"
    fi
fi

# One call a unit: a missing or masked one makes the whole call do nothing.
undone=
for unit in $preset_units; do
    is_new "$unit" || continue
    change preset "$unit"
    result=$?
    case " $enable_units " in
    *" $unit "*) ;;
    *) continue ;;
    esac
    # `disabled` after a preset that worked is what the administrator's preset says.
    case $(state "$unit") in
    enabled | enabled-runtime | alias | indirect | masked | masked-runtime) ;;
    disabled) [ "$result" -eq 0 ] || undone="$undone $unit" ;;
    *) undone="$undone $unit" ;;
    esac
done
report "$undone"

if [ -d /run/systemd/system ]; then
    systemctl daemon-reload >/dev/null 2>&1 </dev/null
fi
exit 0
