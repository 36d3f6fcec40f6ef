# Before the files of {{ package }} are unpacked: record what is there now, so that the scriptlets
# after it change nothing that an administrator decided.
package='{{ package }}'
units='{{ units }}'
unit_dir='{{ unit_dir }}'
siblings='{{ siblings }}'

set -f
state=/var/lib/rpm-state
record=$state/ambot/$package
made_state=no
if [ ! -d "$state" ]; then
    made_state=yes
    (umask 022 && mkdir -p "$state") 2>/dev/null || exit 0
fi
umask 077
rm -rf "$record"
mkdir -p "$record" 2>/dev/null || exit 0
if [ "$made_state" = yes ]; then
    : >"$record/made-state"
fi

# The units of the version that is installed now; %post stops those that are gone.
old_units=
if [ -f "/usr/lib/ambot/$package.units" ]; then
    cat "/usr/lib/ambot/$package.units" >"$record/units"
    while read -r unit _; do
        old_units="$old_units $unit"
    done <"$record/units"
fi

have_systemctl=no
command -v systemctl >/dev/null 2>&1 && have_systemctl=yes

#% include "property.sh"

#% include "instances.sh"

#% include "state.sh"

# remember UNIT FILE: writes the record of one unit.
remember() {
    enabled=-
    active=-
    since=-
    if [ "$2" = there ] && [ "$have_systemctl" = yes ]; then
        enabled=$(state "$1")
        if [ -d /run/systemd/system ]; then
            active=$(property "$1" ActiveState)
            [ "$(property "$1" SubState)" != auto-restart ] || active=auto-restart
            since=$(property "$1" InactiveExitTimestampMonotonic)
        fi
    fi
    printf '%s %s %s %s\n' "$2" "$enabled" "$active" "$since" >"$record/$1"
}

# took_over UNIT: whether another RPM of the project, whose unit it was until now, has recorded it
# in this transaction; what that one's %post undoes since then is not what the unit was like.
took_over() {
    case " $old_units " in
    *" $1 "*) return 1 ;;
    esac
    for sibling in $siblings; do
        if [ -f "$state/ambot/$sibling/$1" ]; then
            cat "$state/ambot/$sibling/$1" >"$record/$1"
            return
        fi
    done
    return 1
}

# is_made INSTANCE: whether an administrator has enabled or started it.
is_made() {
    [ "$have_systemctl" = yes ] || return 1
    case $(state "$1")/$(property "$1" ActiveState) in
    enabled*/* | */active | */reloading | */activating | */deactivating | */failed) return 0 ;;
    *) return 1 ;;
    esac
}

# was_there UNIT: whether this machine had it before: the file of the unit. A declared instance has
# none of its own; it was there if the version before declared it, or where nothing can tell, or if
# an administrator has made it of the template.
was_there() {
    paths="$unit_dir/$1 /etc/systemd/system/$1"
    case $1 in
    *@.*) ;;
    *@*)
        case " $old_units " in
        *" $1 "*) return 0 ;;
        esac
        template="$unit_dir/${1%%@*}@.${1##*.}"
        if [ -z "$old_units" ]; then
            paths="$paths $template"
        elif [ -e "$template" ] && is_made "$1"; then
            return 0
        fi
        ;;
    esac
    for path in $paths; do
        if [ -e "$path" ] || [ -L "$path" ]; then
            return 0
        fi
    done
    return 1
}

# Units that this version no longer has are recorded for the one that may take them over.
for unit in $old_units; do
    case " $units " in
    *" $unit "*) ;;
    *) remember "$unit" there ;;
    esac
done
for unit in $units; do
    took_over "$unit" && continue
    file=new
    was_there "$unit" && file=there
    remember "$unit" "$file"
    if [ "$file" = there ] && [ "$have_systemctl" = yes ] && [ -d /run/systemd/system ]; then
        for instance in $(instances "$unit"); do
            # Those that are declared, or were until now, are units of their own.
            case " $units $old_units " in
            *" $instance "*) continue ;;
            esac
            remember "$instance" there
            printf '%s\n' "$instance" >>"$record/instances"
        done
    fi
done
exit 0
