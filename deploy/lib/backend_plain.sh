# shellcheck shell=bash disable=SC2154,SC2016  # what deploy.sh knows; words for another shell
# Processes that deploy.sh starts by itself: for a machine without systemd, and for the tests.

install_release() {
    # Each step asks for the one before: whoever calls this may do so where bash does not end at a failure.
    { [ -z "$RUN_AS" ] || chown -R "$RUN_AS" "$1"; } &&
        as_program "$1/balcao" --help >/dev/null # makes its environment
}
in_release() { as_program "$1/balcao" "${@:2}"; }

api_start() {
    start_process "$1" "$(release_of "$1")/balcao" serve --uds "$BALCAO_RUN/$1.sock" --workers "$SERVE_WORKERS" --drain "$DRAIN"
}
api_alive() { process_alive "$1"; }
api_stop() { stop_process "$1"; }

workers_swap() {
    stop_process worker
    start_process worker "$(release_of current)/balcao" worker
}
workers_state() { if process_alive worker; then echo running; else echo stopped; fi; }

live_changed() { :; }

retire_later() { # in a session of its own, without our lock
    (
        exec 9>&-
        setsid nohup sh -c 'echo $$ >"$1"; sleep "$2"; shift 2; exec "$@"' retire "$(pid_file "retire-$1")" "$KEEP_OLD_SECONDS" \
            "$here/deploy.sh" retire --config "$config" "$@" >>"$BALCAO_HOME/shared/deploy.log" 2>&1 </dev/null &
    )
}

make_run_folder() { # the program puts its socket there, and its group may come to it: nginx
    if [ -n "$RUN_AS" ] && [ "$(id -u)" = 0 ]; then
        install -d -m 0750 -o "$RUN_AS" -g "$(id -gn "$RUN_AS")" "$BALCAO_RUN"
    else
        mkdir -p "$BALCAO_RUN"
    fi
}

pid_file() { echo "$BALCAO_RUN/$1.pid"; }

start_process() { # start_process <name> <words>
    local name=$1
    shift
    make_run_folder
    mkdir -p "$BALCAO_HOME/shared/log"
    (
        become_program setsid nohup sh -c 'echo $$ >"$1"; shift; exec "$@"' start "$(pid_file "$name")" "$@" \
            >>"$BALCAO_HOME/shared/log/$name.log" 2>&1 </dev/null &
    )
    local ends=$((SECONDS + 5))
    until [ -s "$(pid_file "$name")" ] || [ "$SECONDS" -ge "$ends" ]; do sleep 0.05; done
}

process_alive() {
    local pid
    pid=$(cat "$(pid_file "$1")" 2>/dev/null) && [ -n "$pid" ] && [ -d "/proc/$pid" ] && ! grep -q '^State:.Z' "/proc/$pid/status"
}

stop_process() { # SIGTERM, then as long as it takes to drain and to finish
    local pid ends
    if process_alive "$1"; then
        pid=$(cat "$(pid_file "$1")")
        kill -TERM "$pid" 2>/dev/null || :
        ends=$((SECONDS + ${DRAIN%.*} + 40))
        while process_alive "$1"; do
            [ "$SECONDS" -lt "$ends" ] || { kill -KILL "$pid" 2>/dev/null || :; }
            sleep 0.1
        done
    fi
    rm -f "$(pid_file "$1")"
}
