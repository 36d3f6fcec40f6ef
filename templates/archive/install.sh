#!/bin/sh
# Installs {{ package }} {{ version }}, made for {{ title }}, on a host without rpm; or a newer version
# over an older one. Run it from the unpacked archive, as root: ./install.sh [--root DIR]
set -eu
LC_ALL=C
export LC_ALL
package='{{ package }}'

say() {
    printf '%s: %s\n' "$package" "$1" >&2
}

fail() {
    say "$1"
    exit 1
}

root=
while [ $# -gt 0 ]; do
    case $1 in
    --root)
        [ $# -ge 2 ] || fail '--root needs a folder'
        root=$2
        shift
        ;;
    --root=*) root=${1#--root=} ;;
    -h | --help)
        printf 'Installs %s.\nUsage: %s [--root DIR]\n' "$package" "$0"
        exit 0
        ;;
    *) fail "unknown argument $1; usage: $0 [--root DIR]" ;;
    esac
    shift
done
case $root in
'' | /) root= ;;
*)
    [ -d "$root" ] || fail "$root is no folder"
    root=$(CDPATH='' cd -- "$root" && pwd -P)
    [ "$root" != / ] || root=
    ;;
esac
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
[ -f "$here/list" ] || fail "the list of files is not beside $0: run it from the unpacked archive"
[ "$(id -u)" -eq 0 ] || fail 'it must be run as root'
if [ -z "$root" ] && command -v rpm >/dev/null 2>&1 && rpm -q "$package" >/dev/null 2>&1; then
    fail 'it is installed as an RPM, which rpm upgrades'
fi

tab=$(printf '\t')
record=$root/var/lib/ambot/$package
count=1
[ ! -f "$record/list" ] || count=2

# Whether a manager is there to be asked; without one, links are made below the root.
booted=no
have_systemctl=no
if command -v systemctl >/dev/null 2>&1; then
    have_systemctl=yes
    if [ -z "$root" ] && [ -d /run/systemd/system ]; then
        booted=yes
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

# number NAME FILE: the third field of its line in passwd or group.
number() {
    while IFS=: read -r name _ id _; do
        if [ "$name" = "$1" ]; then
            printf '%s' "$id"
            return
        fi
    done <"$2"
}

# owner USER GROUP: what chown takes. Names are those of the root, not of this host.
owner() {
    user=$1
    group=$2
    if [ -n "$root" ]; then
        user=0
        group=0
        [ "$1" = root ] || [ ! -f "$root/etc/passwd" ] || user=$(number "$1" "$root/etc/passwd")
        [ "$2" = root ] || [ ! -f "$root/etc/group" ] || group=$(number "$2" "$root/etc/group")
    fi
    printf '%s:%s' "${user:-0}" "${group:-0}"
}

# own MODE USER GROUP PATH
own() {
    if ! chown "$(owner "$2" "$3")" "$4" 2>/dev/null; then
        say "user $2 or group $3 does not exist: ${4#"$root"} belongs to root"
        chown 0:0 "$4"
    fi
    chmod "$1" "$4"
}

# sum PATH
sum() {
    cksum <"$1"
}

# is_unchanged PATH: whether a file is what the last version put there.
is_unchanged() {
    [ -f "$record/sums" ] || return 1
    while IFS=$tab read -r known recorded; do
        if [ "$recorded" = "$1" ]; then
            [ "$(sum "$root$1")" = "$known" ]
            return
        fi
    done <"$record/sums"
    return 1
}

# put MODE USER GROUP FROM TO CAPABILITIES: in one step, so that a program that runs is not disturbed.
put() {
    rm -f "$5.ambot-part"
    cp "$4" "$5.ambot-part"
    own "$1" "$2" "$3" "$5.ambot-part"
    [ "$6" = - ] || setcap "$6" "$5.ambot-part" || fail "$5 cannot have $6"
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

if cut -f 8 "$here/list" | grep -q -v -x -e - && ! command -v setcap >/dev/null 2>&1; then
    fail 'it has files with capabilities, which setcap (libcap) gives them: install that first'
fi
for phase in pretrans pretrans-late pre pre-late; do
    run "$phase" || fail "its $phase script failed, and nothing was installed"
done

# Units that this version no longer has, while their files still exist.
if [ -f "$record/units" ]; then
    while read -r unit _; do
        if ! grep -q "^$unit\( \|\$\)" "$here/units"; then
            change disable "$unit"
            [ "$booted" = no ] || systemctl stop "$unit" >/dev/null 2>&1 </dev/null || :
        fi
    done <"$record/units"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
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
say "installed; to take it away: ${root}/var/lib/ambot/$package/uninstall.sh"
