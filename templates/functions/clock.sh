# clock: seconds since the machine started; a sleep on a busy machine takes longer than it says.
clock() {
    read -r now _ </proc/uptime
    printf '%s\n' "${now%%.*}"
}
