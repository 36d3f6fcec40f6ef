#!/bin/sh
# Installs {{ package }} {{ version }}, made for {{ title }}, on a host without rpm; or a newer version
# over an older one. Run it from the unpacked archive, as root: ./install.sh [--root DIR]
set -eu
LC_ALL=C
export LC_ALL
package='{{ package }}'
purpose='Installs {{ package }}.'

#% include "root.sh"
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
[ -f "$here/list" ] || fail "the list of files is not beside $0: run it from the unpacked archive"
[ "$(id -u)" -eq 0 ] || fail 'it must be run as root'
{% if machines %}
if [ -z "$root" ]; then
    machine=$(uname -m)
    case $machine in
    {{ machines }}) ;;
    *) fail "it is for {{ arch }}, and this host is $machine" ;;
    esac
fi
{% endif %}
if [ -z "$root" ] && command -v rpm >/dev/null 2>&1 && rpm -q "$package" >/dev/null 2>&1; then
    fail 'it is installed as an RPM, which rpm upgrades'
fi

tab=$(printf '\t')
record=$root/var/lib/ambot/$package
count=1
[ ! -f "$record/list" ] || count=2

#% include "manager.sh"

# A host whose systemd is older than that of the target does not know all that the units say.
if [ "$booted" = yes ]; then
    version=$(systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9][0-9]*\).*/\1/p')
    if [ -n "$version" ] && [ "$version" -lt {{ systemd }} ]; then
        say "this host has systemd $version, and the units are for {{ systemd }} and later: it passes over what it does not know"
{% if drop_ins %}
        [ "$version" -ge 236 ] || say 'it reads no [Install] of drop-ins, so units may not be enabled: take an archive for an older target'
{% endif %}
    fi
fi

# change VERB UNIT: asks systemctl, which may say no: the installation goes on.
change() {
    [ "$have_systemctl" = yes ] || return 0
    if [ "$booted" = yes ]; then
        systemctl --no-reload "$1" "$2" >/dev/null 2>&1 </dev/null || say "systemctl $1 $2 failed"
    else
        systemctl --root="${root:-/}" "$1" "$2" >/dev/null 2>&1 </dev/null || say "systemctl $1 $2 failed"
    fi
}

# run PHASE: the script of a phase, within the root.
run() {
    [ -f "$here/scripts/$1" ] || return 0
    if [ -z "$root" ]; then
        sh -s -- "$count" <"$here/scripts/$1"
    elif [ -x "$root/bin/sh" ]; then
        chroot "$root" /bin/sh -s -- "$count" <"$here/scripts/$1"
    else
        say "its $1 script was not run: there is no shell in $root"
    fi
}

# try PHASE: as run, and goes on where the script fails.
try() {
    run "$1" || say "its $1 script failed"
}

# number passwd|group NAME: its number. Names are those of the root, not of this host. Nothing where
# it does not exist.
number() {
    if [ "$2" = root ]; then
        echo 0
    elif [ -z "$root" ] && command -v getent >/dev/null 2>&1; then
        getent "$1" "$2" | cut -d : -f 3
    elif [ -f "$root/etc/$1" ]; then
        while IFS=: read -r name _ id _; do
            if [ "$name" = "$2" ]; then
                echo "$id"
                return
            fi
        done <"$root/etc/$1"
    fi
}

# quoted TEXT: as a shell reads it back.
quoted() {
    case $1 in
    *[!A-Za-z0-9/._+-]*) printf '%s\n' "$1" | sed "s/'/'\\\\''/g; 1s/^/'/; \$s/\$/'/" ;;
    *) printf '%s\n' "$1" ;;
    esac
}

# own MODE USER GROUP PATH [NAME]: NAME is what PATH is going to be.
own() {
    uid=$(number passwd "$2") || :
    gid=$(number group "$3") || :
    name=${5:-$4}
    [ -n "$uid" ] || say "user $2 does not exist: ${name#"$root"} belongs to root"
    [ -n "$gid" ] || say "group $3 does not exist: ${name#"$root"} belongs to group root"
    # A link that its owner put there just now would give another file away.
    if [ -L "$4" ]; then
        chown -h "${uid:-0}:${gid:-0}" "$4"
    else
        chown "${uid:-0}:${gid:-0}" "$4"
        chmod "$1" "$4"
    fi
}

#% include "recorded.sh"

# put MODE USER GROUP FROM TO CAPABILITIES: in one step, so that a program that runs is not disturbed.
put() {
    rm -f "$5.ambot-part"
    # Only where nothing is: in a folder that is not root's, somebody may put a link there.
    (umask 077 && set -C && cat "$4" >"$5.ambot-part")
    own "$1" "$2" "$3" "$5.ambot-part" "$5"
    [ "$6" = - ] || setcap "$6" "$5.ambot-part" || fail "$5 cannot have $6"
    # Into a folder that a link leads to, it would be moved.
    [ ! -L "$5" ] || rm -f "$5"
    mv -f "$5.ambot-part" "$5"
}

new_units=
if [ -f "$here/units" ]; then
    while read -r unit _; do
        if ! grep -q -F "$tab{{ unit_dir }}/$unit$tab" "$record/list" 2>/dev/null; then
            new_units="$new_units $unit"
        fi
    done <"$here/units"
fi
is_new() {
    case " $new_units " in
    *" $1 "*) return 0 ;;
    *) return 1 ;;
    esac
}

#% include "is_safe.sh"

# fits KIND PATH: whether what lies there can become what is to lie there.
fits() {
    if [ "$1" = folder ]; then
        [ -d "$2" ] || { [ ! -e "$2" ] && [ ! -L "$2" ]; }
    else
        [ ! -d "$2" ] || [ -L "$2" ]
    fi
}

blocked=no
while IFS=$tab read -r kind _ _ _ _ path _; do
    if ! fits "$kind" "$root$path"; then
        blocked=yes
        if [ "$kind" = folder ]; then
            say "$path is to be a folder, and something else is there"
        else
            say "$path is to be a file, and a folder is there"
        fi
    fi
    way=$path
    [ "$kind" != folder ] || way=$path/
    above=$(dirname -- "$root$path")
    while [ ! -e "$above" ] && [ ! -L "$above" ]; do
        above=$(dirname -- "$above")
    done
    if [ ! -d "$above" ]; then
        blocked=yes
        say "$path is to lie in ${above#"$root"}, which is no folder"
    elif ! is_safe "$way"; then
        blocked=yes
        say "$path is to lie behind a link that is not root's, or leads out of $root"
    fi
done <"$here/list"
[ "$blocked" = no ] || fail 'nothing was installed'
if cut -f 8 "$here/list" | grep -q -v -x -e - && ! command -v setcap >/dev/null 2>&1; then
    fail 'it has files with capabilities, which setcap (libcap) gives them: install that first'
fi
for phase in pretrans pretrans-late pre pre-late; do
    run "$phase" || fail "its $phase script failed, and nothing was installed"
done

work=$(mktemp -d)
finished=no
finish() {
    code=$?
    rm -rf "$work"
    if [ "$finished" = no ]; then
        say 'not finished; run it again when what is said above is mended'
        code=1
    fi
    exit "$code"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

# Units that this version no longer has, while their files still exist.
if [ -f "$record/units" ]; then
    while read -r unit _; do
        if ! grep -q "^$unit\( \|\$\)" "$here/units"; then
            change disable "$unit"
            [ "$booted" = no ] || systemctl stop "$unit" >/dev/null 2>&1 </dev/null || :
        fi
    done <"$record/units"
fi

while IFS=$tab read -r kind mode user group treated path target caps; do
    to=$root$path
    mkdir -p "$(dirname -- "$to")"
    case $kind in
    folder)
        [ -d "$to" ] || mkdir "$to"
        own "$mode" "$user" "$group" "$to"
        ;;
    link)
        rm -f "$to"
        ln -s "$target" "$to"
        ;;
    file)
        from=$here/files$path
        if [ "$treated" = - ] || [ ! -e "$to" ] || cmp -s "$from" "$to" || is_unchanged "$path"; then
            put "$mode" "$user" "$group" "$from" "$to" "$caps"
        elif is_recorded "$path" "$from"; then
            # The administrator changed it, and the default is what it was.
            :
        elif [ "$treated" = noreplace ]; then
            put "$mode" "$user" "$group" "$from" "$to.new" "$caps"
            say "$path was changed and is kept; the new one is $path.new"
        else
            mv -f "$to" "$to.save"
            put "$mode" "$user" "$group" "$from" "$to" "$caps"
            say "$path was changed; it is kept as $path.save"
        fi
        [ "$treated" = - ] || printf '%s\t%s\n' "$(sum "$from")" "$path" >>"$work/sums"
        ;;
    esac
done <"$here/list"

# What the last version had and this one has not; configuration that was changed stays.
if [ -f "$record/list" ]; then
    cut -f 6 "$here/list" >"$work/paths"
    sort -r -t "$tab" -k 6,6 "$record/list" >"$work/old"
    while IFS=$tab read -r kind _ _ _ treated path _; do
        ! grep -q -x -F -e "$path" "$work/paths" || continue
        if ! is_safe "$path"; then
            say "$path lies behind a link that is not root's, and is left there"
            continue
        fi
        case $kind in
        folder) rmdir "$root$path" 2>/dev/null || : ;;
        *)
            if [ "$treated" != - ] && [ -e "$root$path" ] && ! is_unchanged "$path"; then
                mv -f "$root$path" "$root$path.save"
            else
                rm -f "$root$path"
            fi
            ;;
        esac
    done <"$work/old"
fi

mkdir -p "$record"
chmod 0755 "$root/var/lib/ambot" "$record"
for name in list units uninstall.sh; do
    cp "$here/$name" "$record/$name"
done
chmod 0755 "$record/uninstall.sh"
rm -rf "$record/scripts"
[ ! -d "$here/scripts" ] || cp -R "$here/scripts" "$record/scripts"
rm -f "$record/sums"
[ ! -f "$work/sums" ] || cp "$work/sums" "$record/sums"

try post
[ "$booted" = no ] || systemctl daemon-reload >/dev/null 2>&1 </dev/null || :
while read -r unit policy; do
    for word in $policy; do
        if is_new "$unit"; then
            case $word in
            preset) change preset "$unit" ;;
            start) [ "$booted" = no ] || systemctl --no-block start "$unit" </dev/null || : ;;
            esac
        elif [ "$booted" = yes ]; then
            case $word in
            restart) systemctl --no-block try-restart "$unit" </dev/null || : ;;
            reload)
                if systemctl --quiet is-active "$unit" </dev/null; then
                    systemctl --no-block reload "$unit" </dev/null || :
                fi
                ;;
            esac
        fi
    done
done <"$here/units"
try post-late
try posttrans
try posttrans-late
finished=yes
removal=$(quoted "$record/uninstall.sh")
[ -z "$root" ] || removal="$removal --root $(quoted "$root")"
say "installed; to take it away: $removal"
