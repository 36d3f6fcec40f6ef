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
