# state UNIT: prints what is-enabled says, with or without a manager that answers.
state() {
    said=$(systemctl is-enabled "$1" 2>/dev/null </dev/null)
    [ -n "$said" ] || said=$(systemctl --root=/ is-enabled "$1" 2>/dev/null </dev/null)
    printf '%s\n' "${said:--}"
}
