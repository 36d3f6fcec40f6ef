# Before the files of {{ package }} are unpacked: the users that its services run as, as some of the
# files belong to them. One that is there is left as it is.
for user in $(printf '%s' '{{ users }}'); do
    getent group "$user" >/dev/null || groupadd -r "$user"
    getent passwd "$user" >/dev/null ||
        useradd -r -g "$user" -d / -M -s /sbin/nologin -c '{{ package }}' "$user"
done
