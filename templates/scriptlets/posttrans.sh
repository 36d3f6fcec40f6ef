# After the whole transaction of {{ package }}: what ran before it runs again, with the new files;
# what was enabled is enabled, also where the scriptlets of a replaced package undid it. It comes
# from the new package, so that a fix takes effect with the release that brings it.
package='{{ package }}'
units='{{ units }}'
enable_units='{{ enable_units }}'
start_units='{{ start_units }}'
restart_units='{{ restart_units }}'
reload_units='{{ reload_units }}'

set -f
state=/var/lib/rpm-state
record=$state/ambot/$package
[ -d "$record" ] || exit 0

# forget: the record of this transaction is not taken for that of the next.
forget() {
    made_state=no
    [ -f "$record/made-state" ] && made_state=yes
    rm -rf "$record"
    rmdir "$state/ambot" 2>/dev/null
    [ "$made_state" = yes ] && rmdir "$state" 2>/dev/null
}

if ! command -v systemctl >/dev/null 2>&1; then
    forget
    exit 0
fi

# contains UNIT LIST
contains() {
    case " $2 " in
    *" $1 "*) return 0 ;;
    *) return 1 ;;
    esac
}

#% include "property.sh"

#% include "change.sh"

#% include "state.sh"

# What the administrator of this host says; read, and never run.
rules=/etc/ambot/packaging.conf
no_restart=
left='{{ timeout }}'
if [ -f "$rules" ]; then
    while IFS='=' read -r key values || [ -n "$key" ]; do
        # The words of both, without the blanks around them.
        # shellcheck disable=SC2086
        set -- $key
        case $1 in
        '' | '#'*) ;;
        no-restart) no_restart="$no_restart $values" ;;
        start-timeout)
            # shellcheck disable=SC2086
            set -- $values
            case $1 in
            '' | *[!0-9]* | 0?* | ?????*) printf '%s: %s: start-timeout is a number of seconds\n' "$package" "$rules" >&2 ;;
            *) left=$1 ;;
            esac
            ;;
        *) printf '%s: %s: nothing is known of %s\n' "$package" "$rules" "$1" >&2 ;;
        esac
    done <"$rules"
fi

# may_restart UNIT: whether the administrator has nothing against it.
may_restart() {
    for pattern in $no_restart; do
        # shellcheck disable=SC2254 # it is a pattern
        case $1 in
        $pattern) return 1 ;;
        esac
    done
}

# The instances of templates that ran before.
if [ -f "$record/instances" ]; then
    while read -r unit; do
        units="$units $unit"
    done <"$record/instances"
fi

for unit in $units; do
    [ -f "$record/$unit" ] || continue
    read -r file enabled active since <"$record/$unit"
    if [ "$file $enabled" = 'there enabled' ] &&
        [ "$(state "$unit")" = disabled ]; then
        change enable "$unit"
    fi
done

if [ ! -d /run/systemd/system ]; then
    forget
    exit 0
fi
systemctl daemon-reload >/dev/null 2>&1 </dev/null

# was_running UNIT STATE: whether it ran, or was about to. A oneshot that is at work is left to end.
was_running() {
    case $2 in
    active | reloading) return 0 ;;
    activating) [ "$(property "$1" Type)" != oneshot ] ;;
    *) return 1 ;;
    esac
}

# was_down UNIT STATE: whether it had failed, or waited for its next try.
was_down() {
    case $2 in
    failed | auto-restart) [ "$(property "$1" ActiveState)" != active ] ;;
    *) return 1 ;;
    esac
}

# Jobs are queued without waiting: a oneshot of systemd 219 has no start timeout, and rpm holds its
# lock while a scriptlet runs.
queued=
jobs=
for unit in $units; do
    [ -f "$record/$unit" ] || continue
    read -r file enabled active since <"$record/$unit"
    # The policy of an instance is that of its template.
    policy=$unit
    case $unit in
    *@*) policy=${unit%%@*}@.${unit##*.} ;;
    esac
    verb=
    if [ "$file" = new ]; then
        if contains "$unit" "$start_units"; then
            verb=start
            # Not where a preset of the administrator's kept it disabled.
            if contains "$unit" "$enable_units" &&
                [ "$(state "$unit")" = disabled ]; then
                verb=
            fi
        fi
    elif was_running "$unit" "$active"; then
        case $(property "$unit" ActiveState) in
        inactive | failed | deactivating)
            # Stopped by the scriptlets of the package that was replaced.
            verb=start
            ;;
        *)
            # An old package's scriptlet may have restarted it after the new files came.
            if [ "$(property "$unit" InactiveExitTimestampMonotonic)" = "$since" ]; then
                contains "$policy" "$restart_units" && verb=try-restart
                contains "$policy" "$reload_units" && verb=reload
            fi
            ;;
        esac
        case $verb in
        try-restart | reload) may_restart "$unit" || verb=forbidden ;;
        esac
    elif was_down "$unit" "$active" && contains "$policy" "$restart_units"; then
        # The new version may be the one that mends it.
        case $(state "$unit") in
        enabled | enabled-runtime)
            verb=start
            # 239 puts off the start of a unit that waits for its next try.
            [ "$active" = failed ] || verb=restart
            may_restart "$unit" || verb=forbidden
            ;;
        esac
    fi
    # One that failed too often is not started before it is forgotten, also where another package's
    # unit of that name failed.
    case $verb in
    start | restart) systemctl reset-failed "$unit" >/dev/null 2>&1 </dev/null ;;
    esac
    case $verb in
    '') continue ;;
    forbidden)
        printf '%s: %s forbids to restart %s; later: systemctl restart %s\n' "$package" "$rules" "$unit" "$unit" >&2
        continue
        ;;
    esac
    queued="$queued $unit"
    jobs="$jobs $verb=$unit"
done

#% include "clock.sh"

# untouched UNIT: whether nothing has begun to restart it: the restart of a unit takes those along
# that require it or are part of it, and they stand behind it in the list.
untouched() {
    case $(property "$1" Job) in
    - | 0) ;;
    *) return 1 ;;
    esac
    read -r _ _ _ since <"$record/$1"
    [ "$(property "$1" InactiveExitTimestampMonotonic)" = "$since" ]
}

# Each unit once, in the order in which they are started, whatever is done with it: what is started
# before the restart of a unit that it is part of would be started twice.
for job in $jobs; do
    unit=${job#*=}
    case $job in
    try-restart=*) untouched "$unit" || continue ;;
    esac
    systemctl --no-block "${job%%=*}" "$unit" >/dev/null 2>&1 </dev/null
done

end=$(($(clock) + left))
busy=
for unit in $queued; do
    while :; do
        case $(property "$unit" Job) in
        - | 0) break ;;
        esac
        if [ "$(clock)" -ge "$end" ]; then
            busy="$busy $unit"
            printf '%s: %s is still busy; see: journalctl -u %s\n' "$package" "$unit" "$unit" >&2
            break
        fi
        sleep 1
    done
done
# A simple service counts as started before its program has read its configuration, and one that
# ends at once may be started again and again.
entered=
for unit in $queued; do
    contains "$unit" "$busy" && continue
    entered="$entered $unit=$(property "$unit" ActiveEnterTimestampMonotonic)"
done
[ -z "$entered" ] || sleep 1
for pair in $entered; do
    unit=${pair%=*}
    case $(property "$unit" ActiveState)/$(property "$unit" SubState) in
    failed/* | */auto-restart) ;;
    *) [ "$(property "$unit" ActiveEnterTimestampMonotonic)" != "${pair##*=}" ] || continue ;;
    esac
    printf '%s: %s did not start; see: journalctl -u %s\n' "$package" "$unit" "$unit" >&2
done
forget
exit 0
