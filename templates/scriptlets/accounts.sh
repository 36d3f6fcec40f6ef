# Before the files of {{ package }} are unpacked: the users and groups that it creates, as some of
# the files may belong to them. One that is there is left as it is. Nothing here fails the
# transaction: where a user cannot be created, rpm gives its files to root and says so.
package='{{ package }}'
# A line each: group:NAME:GID, user:NAME:UID:GROUP:HOME:SHELL:DESCRIPTION, member:NAME:GROUP.
accounts='{{ accounts }}'
# The same for systemd-sysusers, where it can be told before its file is there (systemd 235).
sysusers='{{ sysusers }}'

# try COMMAND...: says what a command said, where it fails.
try() {
    said=$("$@" 2>&1 </dev/null) || printf '%s: %s\n' "$package" "$said" >&2
}

# make_group NAME GID: a number that is taken is not asked for.
make_group() {
    getent group "$1" >/dev/null 2>&1 </dev/null && return
    if [ -n "$2" ] && ! getent group "$2" >/dev/null 2>&1 </dev/null; then
        try groupadd -r -g "$2" "$1"
    else
        try groupadd -r "$1"
    fi
}

# make_user NAME UID GROUP HOME SHELL DESCRIPTION
make_user() {
    getent passwd "$1" >/dev/null 2>&1 </dev/null && return
    if [ -n "$2" ] && ! getent passwd "$2" >/dev/null 2>&1 </dev/null; then
        try useradd -r -M -u "$2" -g "$3" -d "$4" -s "$5" -c "$6" "$1"
    else
        try useradd -r -M -g "$3" -d "$4" -s "$5" -c "$6" "$1"
    fi
}

# join USER GROUP: what systemd-sysusers does too, also for a user that is there.
join() {
    case " $(id -nG "$1" 2>/dev/null </dev/null) " in
    *" $2 "*) return ;;
    esac
    make_group "$2" ''
    try usermod -a -G "$2" "$1"
}

if [ -n "$sysusers" ] && command -v systemd-sysusers >/dev/null 2>&1; then
    # A file of the administrator's of the same name counts instead of these lines.
    printf '%s\n' "$sysusers" |
        systemd-sysusers --replace='/usr/lib/sysusers.d/{{ package }}.conf' - >/dev/null 2>&1 || :
fi
# All that is not there yet.
printf '%s\n' "$accounts" | while IFS=: read -r kind name first second home shell text; do
    case $kind in
    group) make_group "$name" "$first" ;;
    user) make_user "$name" "$first" "$second" "$home" "$shell" "$text" ;;
    member) join "$name" "$first" ;;
    esac
done || :

