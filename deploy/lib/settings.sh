# shellcheck shell=bash disable=SC2034  # read by the other parts
# Settings of deploy.sh, each from its configuration file or the environment.

say() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }
stop() {
    say "$*"
    exit 1
}

read_settings() { # read_settings <file or nothing>
    local file=${1:-/etc/balcao/deploy.env}
    if [ -f "$file" ]; then
        # shellcheck source=/dev/null
        . "$file"
    elif [ -n "${1:-}" ]; then
        stop "there is no $1"
    fi
    config=$file
    : "${BACKEND:=systemd}"              # systemd, compose, or plain: processes that this script starts by itself
    : "${BALCAO_HOME:=/opt/balcao}"      # releases/, shared/, current, blue, green
    : "${BALCAO_RUN:=/run/balcao}"       # folder of the sockets
    : "${BALCAO_LINKS:=$BALCAO_HOME/shared}" # folder of live.sock and spare.sock; outlives a restart of the machine
    : "${BALCAO_DATA:=/var/lib/balcao}"  # data folder
    : "${BALCAO_ENV:=/etc/balcao/balcao.env}" # settings of the program
    : "${BALCAO_REPOSITORY:=$(dirname "$here")}" # where names of releases are looked up
    : "${BALCAO_HOST:=localhost}"        # a name of TRUSTED_HOSTS, for the smoke test
    : "${RUN_AS:=}"                      # account of the program; empty: whoever runs this
    : "${NGINX_LOG:=/var/log/nginx/nginx-access.log}"
    : "${SERVE_WORKERS:=1}"              # plain: server processes of one colour
    : "${DRAIN:=10}"                     # plain: seconds an old server still answers when told to stop
    : "${READY_SECONDS:=60}"             # longest wait for a new release to be ready
    : "${SMOKE_PATHS:=/health/ready /health/live / /painel/entrar /docs/errors}"
    : "${SMOKE_REQUESTS:=20}"
    : "${WATCH_SECONDS:=60}"             # watched after the switch
    : "${MAX_ERROR_PERCENT:=1}"          # answers of 500 and above that take a release back
    : "${MAX_P95_MS:=2000}"              # 95 of 100 answers come sooner than this
    : "${MIN_SAMPLE:=50}"                # answers before either is judged
    : "${SETTLE_SECONDS:=6}"             # nginx uses a connection to the old release five seconds at most
    : "${KEEP_OLD_SECONDS:=600}"         # the old release rests, ready, this long
    : "${KEEP_RELEASES:=5}"
    : "${MIN_FREE_MB:=1024}"             # room on the disks of releases and data
    : "${WEBHOOK_URL:=}"                 # Slack or Discord
    : "${SYSTEMCTL:=systemctl}" "${COMPOSE:=docker compose}"
    case $BACKEND in systemd | plain | compose) ;; *) stop "BACKEND is systemd, plain or compose" ;; esac
    mkdir -p "$BALCAO_HOME/releases" "$BALCAO_HOME/shared" "$BALCAO_LINKS"
}

take_lock() {
    exec 9>"$BALCAO_HOME/shared/deploy.lock"
    flock -n 9 || { say "another deploy is under way"; exit 75; }
}

as_program() { (become_program "$@"); } # as_program <words>: with the program's settings and account

gently() { # gently <words>: what serves goes first
    (renice -n 10 -p "$BASHPID" >/dev/null 2>&1 || :; "$@")
}

become_program() { # in a shell of its own: it becomes the program, without our lock
    exec 9>&-
    set -a
    if [ -f "$BALCAO_ENV" ]; then
        # shellcheck source=/dev/null
        . "$BALCAO_ENV"
    fi
    export BALCAO_DATA
    set +a
    if [ -n "$RUN_AS" ] && [ "$(id -u)" = 0 ]; then
        exec runuser -u "$RUN_AS" -- "$@"
    fi
    exec "$@"
}

tell() { # tell <text>: says it, and posts it to Slack or Discord; a post that fails changes nothing
    local field=text
    say "$1"
    [ -n "$WEBHOOK_URL" ] || return 0
    case $WEBHOOK_URL in *discord*) field=content ;; esac
    printf '{"%s":"%s"}' "$field" "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')" |
        curl -sS --max-time 5 -o /dev/null -H 'content-type: application/json' --data-binary @- "$WEBHOOK_URL" ||
        say "the notification was not taken"
}
