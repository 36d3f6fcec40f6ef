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

# property UNIT NAME: prints the value, or a hyphen.
property() {
    value=$(systemctl show --property="$2" "$1" 2>/dev/null </dev/null)
    case $value in
    "$2="?*) printf '%s\n' "${value#*=}" ;;
    *) printf '%s\n' - ;;
    esac
}

for unit in $units; do
    [ -f "$record/$unit" ] || continue
    read -r file enabled active since <"$record/$unit"
    if [ "$file $enabled" = 'there enabled' ] &&
        [ "$(systemctl is-enabled "$unit" 2>/dev/null </dev/null)" = disabled ]; then
        systemctl --no-reload enable "$unit" >/dev/null 2>&1 </dev/null
    fi
done

if [ ! -d /run/systemd/system ]; then
    forget
    exit 0
fi
systemctl daemon-reload >/dev/null 2>&1 </dev/null

# Jobs are queued without waiting: a oneshot of systemd 219 has no start timeout, and rpm holds its
# lock while a scriptlet runs.
queued=
for unit in $units; do
    [ -f "$record/$unit" ] || continue
    read -r file enabled active since <"$record/$unit"
    verb=
    if [ "$file" = new ]; then
        if contains "$unit" "$start_units"; then
            verb=start
            # Not where a preset of the administrator's kept it disabled.
            if contains "$unit" "$enable_units" &&
                [ "$(systemctl is-enabled "$unit" 2>/dev/null </dev/null)" = disabled ]; then
                verb=
            fi
        fi
    elif [ "$active" = active ] || [ "$active" = reloading ]; then
        case $(property "$unit" ActiveState) in
        inactive | failed | deactivating)
            # Stopped by the scriptlets of the package that was replaced.
            verb=start
            ;;
        *)
            # An old package's scriptlet may have restarted it after the new files came.
            if [ "$(property "$unit" ActiveEnterTimestampMonotonic)" = "$since" ]; then
                contains "$unit" "$restart_units" && verb=try-restart
                contains "$unit" "$reload_units" && verb=reload
            fi
            ;;
        esac
    fi
    if [ -n "$verb" ]; then
        systemctl --no-block "$verb" "$unit" >/dev/null 2>&1 </dev/null
        queued="$queued $unit"
    fi
done

left='{{ timeout }}'
for unit in $queued; do
    while [ "$left" -gt 0 ]; do
        case $(property "$unit" Job) in
        - | 0) break ;;
        esac
        sleep 1
        left=$((left - 1))
    done
    if [ "$(property "$unit" ActiveState)" = failed ]; then
        printf '%s: %s did not start; see: journalctl -u %s\n' "$package" "$unit" "$unit" >&2
    fi
done
forget
exit 0
