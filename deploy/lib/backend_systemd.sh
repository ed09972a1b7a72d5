# shellcheck shell=bash disable=SC2154,SC2016  # what deploy.sh knows; words for another shell
# One machine with systemd: balcao-api@blue and balcao-api@green, balcao-worker@1 …, balcao-bulk. Runs as root.

install_release() {
    # Each step asks for the one before: whoever calls this may do so where bash does not end at a failure.
    { [ -z "$RUN_AS" ] || chown -R "$RUN_AS" "$1"; } &&
        as_program "$1/balcao" --help >/dev/null && # makes its environment
        chmod -R go-w "$1"
}
in_release() { as_program "$1/balcao" "${@:2}"; }

api_start() { $SYSTEMCTL start "balcao-api@$1.service"; }
api_alive() { $SYSTEMCTL is-active --quiet "balcao-api@$1.service"; }
api_stop() { $SYSTEMCTL stop "balcao-api@$1.service"; }

worker_units() { $SYSTEMCTL list-units --plain --no-legend --all 'balcao-worker@*.service' balcao-bulk.service | awk '{ print $1 }'; }
workers_swap() {
    local units
    mapfile -t units < <(worker_units)
    [ "${#units[@]}" -gt 0 ] || units=(balcao-worker@1.service)
    $SYSTEMCTL restart "${units[@]}"
}
workers_state() { worker_units | while read -r unit; do printf '%s=%s ' "$unit" "$($SYSTEMCTL is-active "$unit" || :)"; done; }

# After a restart of the machine the colour that serves comes up again, and no other.
live_changed() {
    $SYSTEMCTL enable --quiet "balcao-api@$1.service"
    $SYSTEMCTL disable --quiet "balcao-api@$(other_colour "$1").service"
}

retire_later() {
    systemd-run --quiet --collect --on-active="$KEEP_OLD_SECONDS" "$here/deploy.sh" retire --config "$config" "$@"
}
