# change VERB UNIT: asks the manager; where none answers, as in a chroot with the host's /run, the
# links are made or taken away all the same.
change() {
    systemctl --no-reload "$1" "$2" >/dev/null 2>&1 </dev/null ||
        systemctl --root=/ "$1" "$2" >/dev/null 2>&1 </dev/null
}
