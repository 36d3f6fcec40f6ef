# property UNIT NAME: prints the value, or a hyphen. It is read from what systemctl prints: in a
# chroot it exits 0 and does nothing.
property() {
    value=$(systemctl show --property="$2" "$1" 2>/dev/null </dev/null)
    case $value in
    "$2="?*) printf '%s\n' "${value#*=}" ;;
    *) printf '%s\n' - ;;
    esac
}
