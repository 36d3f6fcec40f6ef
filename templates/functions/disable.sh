# disable UNIT: no link of it stays in /etc. `systemctl disable` leaves those of a masked unit; the
# mask itself is the administrator's.
disable() {
    change disable "$1"
    case $(state "$1") in
    masked | masked-runtime) ;;
    *) return ;;
    esac
    set +f
    for link in /etc/systemd/system/* /etc/systemd/system/*/*; do
        [ -L "$link" ] || continue
        case $(readlink "$link"):$link in
        /dev/null:*) continue ;;
        */"$1":* | *:/etc/systemd/system/*/"$1") rm -f "$link" ;;
        *) continue ;;
        esac
        [ "${link%/*}" = /etc/systemd/system ] || rmdir "${link%/*}" 2>/dev/null
    done
    set -f
}
