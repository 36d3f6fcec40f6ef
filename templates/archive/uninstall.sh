#!/bin/sh
# Takes {{ package }} away from a host that install.sh put it on, as root:
# /var/lib/ambot/{{ package }}/uninstall.sh [--root DIR]
# Users and changed configuration stay.
set -u
LC_ALL=C
export LC_ALL
package='{{ package }}'
purpose='Takes {{ package }} away.'

#% include "root.sh"
[ "$(id -u)" -eq 0 ] || fail 'it must be run as root'
tab=$(printf '\t')
record=$root/var/lib/ambot/$package
[ -f "$record/list" ] || fail "it is not installed${root:+ in $root}"

#% include "manager.sh"

# run PHASE: the script of a phase, within the root.
run() {
    [ -f "$record/scripts/$1" ] || return 0
    if [ -z "$root" ]; then
        sh -s -- 0 <"$record/scripts/$1" || say "its $1 script failed"
    elif [ -x "$root/bin/sh" ]; then
        chroot "$root" /bin/sh -s -- 0 <"$record/scripts/$1" || say "its $1 script failed"
    else
        say "its $1 script was not run: there is no shell in $root"
    fi
}

#% include "recorded.sh"

#% include "is_safe.sh"

run preuntrans
run preuntrans-late
run preun
while read -r unit _; do
    if [ "$booted" = yes ]; then
        systemctl --no-reload disable "$unit" >/dev/null 2>&1 </dev/null || :
        systemctl stop "$unit" >/dev/null 2>&1 </dev/null || :
    elif [ "$have_systemctl" = yes ]; then
        systemctl --root="${root:-/}" disable "$unit" >/dev/null 2>&1 </dev/null || :
    fi
done <"$record/units"
run preun-late

work=$(mktemp -d) || fail 'there is no room for a temporary folder'
trap 'rm -rf "$work"' EXIT
sort -r -t "$tab" -k 6,6 "$record/list" >"$work/list" || fail 'its list cannot be read'
# One file that stays does not keep the others.
left=no
while IFS=$tab read -r kind _ _ _ treated path _; do
    if ! is_safe "$path"; then
        say "$path lies behind a link that is not root's, and is left there"
        continue
    fi
    case $kind in
    folder) rmdir "$root$path" 2>/dev/null || : ;;
    *)
        if [ "$treated" != - ] && [ -e "$root$path" ] && [ "$kind" = file ] && ! is_unchanged "$path"; then
            if mv -f "$root$path" "$root$path.save"; then
                say "$path was changed; it is kept as $path.save"
            else
                left=yes
            fi
        else
            rm -f "$root$path" || left=yes
        fi
        ;;
    esac
done <"$work/list"
run postun
run postun-late
run postuntrans
run postuntrans-late
if [ "$left" = yes ]; then
    [ "$booted" = no ] || systemctl daemon-reload >/dev/null 2>&1 </dev/null || :
    fail 'not all of it is taken away; run it again when what is said above is mended'
fi
rm -rf "$record"
rmdir "$root/var/lib/ambot" 2>/dev/null || :
[ "$booted" = no ] || systemctl daemon-reload >/dev/null 2>&1 </dev/null || :
say 'taken away'
