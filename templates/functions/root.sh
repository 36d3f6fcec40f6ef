# Words to whoever runs it, and the root that --root asks for: empty for that of this host.
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
        printf '%s\nUsage: %s [--root DIR]\n' "$purpose" "$0"
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
    root=$(CDPATH='' cd -- "$root" && pwd -P) || fail "$root cannot be entered"
    [ "$root" != / ] || root=
    ;;
esac
