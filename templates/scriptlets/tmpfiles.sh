# What systemd-tmpfiles makes for {{ package }} at every boot: now, for the first time.
if command -v systemd-tmpfiles >/dev/null 2>&1; then
    systemd-tmpfiles --create '/usr/lib/tmpfiles.d/{{ package }}.conf' >/dev/null 2>&1 </dev/null || :
fi

