# Before the files of {{ package }} are unpacked: record what is there now, so that the scriptlets
# after it change nothing that an administrator decided.
package='{{ package }}'
units='{{ units }}'
unit_dir='{{ unit_dir }}'

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
if [ -f "/usr/lib/ambot/$package.units" ]; then
    cat "/usr/lib/ambot/$package.units" >"$record/units"
fi

have_systemctl=no
command -v systemctl >/dev/null 2>&1 && have_systemctl=yes

# property UNIT NAME: prints the value. It is read from what systemctl prints: in a chroot it exits
# 0 and does nothing.
property() {
    value=$(systemctl show --property="$2" "$1" 2>/dev/null </dev/null)
    case $value in
    "$2="?*) printf '%s\n' "${value#*=}" ;;
    *) printf '%s\n' - ;;
    esac
}

for unit in $units; do
    file=new
    for path in "$unit_dir/$unit" "/etc/systemd/system/$unit"; do
        if [ -e "$path" ] || [ -L "$path" ]; then
            file=there
        fi
    done
    enabled=-
    active=-
    since=-
    if [ "$file" = there ] && [ "$have_systemctl" = yes ]; then
        enabled=$(systemctl is-enabled "$unit" 2>/dev/null </dev/null)
        if [ -d /run/systemd/system ]; then
            active=$(property "$unit" ActiveState)
            since=$(property "$unit" ActiveEnterTimestampMonotonic)
        fi
    fi
    printf '%s %s %s %s\n' "$file" "${enabled:--}" "$active" "$since" >"$record/$unit"
done
exit 0
