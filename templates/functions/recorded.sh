# sum PATH
sum() {
    cksum <"$1"
}

# is_recorded PATH FILE: whether a file is what the last version put at a path.
is_recorded() {
    [ -f "$record/sums" ] || return 1
    while IFS=$tab read -r known recorded; do
        if [ "$recorded" = "$1" ]; then
            [ "$(sum "$2")" = "$known" ]
            return
        fi
    done <"$record/sums"
    return 1
}

# is_unchanged PATH: whether a file is still what the last version put there.
is_unchanged() {
    is_recorded "$1" "$root$1"
}
