# Whether a manager is there to be asked; without one, links are made below the root.
booted=no
have_systemctl=no
if command -v systemctl >/dev/null 2>&1; then
    have_systemctl=yes
    if [ -z "$root" ] && [ -d /run/systemd/system ]; then
        booted=yes
    fi
fi
