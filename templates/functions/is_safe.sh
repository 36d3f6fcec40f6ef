# is_safe PATH: whether no folder above it is a link that anyone but root made, nor, below another
# root, a link that leads out of it.
is_safe() {
    above=$1
    while above=${above%/*} && [ -n "$above" ]; do
        [ ! -L "$root$above" ] || is_of_root "$root$above" || return 1
        if [ -n "$root" ] && [ -d "$root$above" ]; then
            case $(CDPATH='' cd -- "$root$above" && pwd -P)/ in
            "$root"/*) return ;;
            *) return 1 ;;
            esac
        fi
    done
}

# is_of_root PATH
is_of_root() {
    # shellcheck disable=SC2012 # the number of the owner comes before the name
    ls -ldn -- "$1" | {
        read -r _ _ number _
        [ "$number" = 0 ]
    }
}
