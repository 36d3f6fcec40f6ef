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

# instances UNIT: prints the loaded instances of a template, one a line; nothing for other units.
instances() {
    case $1 in
    *@.*) ;;
    *) return ;;
    esac
    systemctl list-units --all --full --no-legend "${1%%@*}@*.${1##*.}" 2>/dev/null </dev/null |
        while read -r first second _; do
            # 252 puts a mark before units that failed or have no file.
            case $first in
            *@*) printf '%s\n' "$first" ;;
            *) printf '%s\n' "$second" ;;
            esac
        done
}

# clock: seconds since the machine started; a sleep on a busy machine takes longer than it says.
clock() {
    read -r now _ </proc/uptime
    printf '%s\n' "${now%%.*}"
}

# stop UNITS: stops them and what is loaded of their instances, but never holds rpm's lock for longer
# than the operator of this host or else the package says; a failed unit whose file goes would stay
# in the list of failed units.
stop() {
    stopping=
    for unit in $1; do
        for one in $unit $(instances "$unit"); do
            case $one in
            *@.*) continue ;;
            esac
            systemctl --no-block stop "$one" >/dev/null 2>&1 </dev/null
            stopping="$stopping $one"
        done
    done
    limit='{{ timeout }}'
    rules=/etc/ambot/packaging.conf
    if [ -f "$rules" ]; then
        while IFS='=' read -r key value || [ -n "$key" ]; do
            # shellcheck disable=SC2086 # the words of both, without the blanks around them
            set -- $key $value
            case $1/$2 in
            start-timeout/ | start-timeout/*[!0-9]* | start-timeout/0?* | start-timeout/?????*) ;;
            start-timeout/*) limit=$2 ;;
            esac
        done <"$rules"
    fi
    end=$(($(clock) + limit))
    for unit in $stopping; do
        while :; do
            job=$(systemctl show --property=Job "$unit" 2>/dev/null </dev/null)
            case ${job#Job=} in
            '' | 0) break ;;
            esac
            if [ "$(clock)" -ge "$end" ]; then
                printf '%s: %s is still stopping\n' "$package" "$unit" >&2
                break
            fi
            sleep 1
        done
        systemctl reset-failed "$unit" >/dev/null 2>&1 </dev/null
    done
}

# change VERB UNIT: asks the manager; where none answers, as in a chroot with the host's /run, the
# links are made or taken away all the same.
change() {
    systemctl --no-reload "$1" "$2" >/dev/null 2>&1 </dev/null ||
        systemctl --root=/ "$1" "$2" >/dev/null 2>&1 </dev/null
}

# state UNIT: prints what is-enabled says, with or without a manager that answers.
state() {
    said=$(systemctl is-enabled "$1" 2>/dev/null </dev/null)
    [ -n "$said" ] || said=$(systemctl --root=/ is-enabled "$1" 2>/dev/null </dev/null)
    printf '%s\n' "${said:--}"
}

# disable UNIT: no link of it stays in /etc. `systemctl disable` leaves those of a masked unit; the
# mask itself is the administrator's.
disable() {
    change disable "$1"
    case $(state "$1") in
    masked | masked-runtime) ;;
    *) return ;;
    esac
    set +f
    for link in /etc/systemd/system/* /etc/systemd/system/*/*; do
        [ -L "$link" ] || continue
        case $(readlink "$link"):$link in
        /dev/null:*) continue ;;
        */"$1":* | *:/etc/systemd/system/*/"$1") rm -f "$link" ;;
        *) continue ;;
        esac
        [ "${link%/*}" = /etc/systemd/system ] || rmdir "${link%/*}" 2>/dev/null
    done
    set -f
}

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
