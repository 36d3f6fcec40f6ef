# instances UNIT: prints the loaded instances of a template, one a line; nothing for other units.
instances() {
    case $1 in
    *@.*) ;;
    *) return ;;
    esac
    systemctl list-units --all --full --no-legend "${1%%@*}@*.${1##*.}" 2>/dev/null </dev/null |
        while read -r first second _; do
            # 252 puts a mark before units that failed or have no file.
            case $first in
            *@*) printf '%s\n' "$first" ;;
            *) printf '%s\n' "$second" ;;
            esac
        done
}
