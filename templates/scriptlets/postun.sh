# After the files of {{ package }} are removed: let systemd forget them.
if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
    systemctl daemon-reload >/dev/null 2>&1 </dev/null
fi
exit 0
