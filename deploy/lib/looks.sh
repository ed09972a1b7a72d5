# shellcheck shell=bash
# What is looked at: the disk and the settings before, the new release before and after it serves.

check_room() {
    local folder free
    for folder in "$BALCAO_HOME" "$BALCAO_DATA"; do
        [ -d "$folder" ] || continue
        free=$(df -Pm "$folder" | awk 'NR == 2 { print $4 }')
        [ "$free" -ge "$MIN_FREE_MB" ] || stop "$folder has $free MB free; a deploy wants $MIN_FREE_MB"
    done
}

check_release() { # check_release <folder> <contraction allowed>
    local code=0
    in_release "$1" check-config --quiet --before-migrating || code=$?
    [ "$code" -lt 2 ] || stop "check-config: settings must change before this release can serve"
    code=0
    in_release "$1" migrate --plan || code=$?
    case $code in
    0) ;;
    3) [ "$2" = 1 ] || stop "this migration takes away what the serving release may use: split it, or --allow-contract" ;;
    *) stop "the schema of the database and this release do not fit" ;;
    esac
}

ask() { # ask <colour> <path> [words for curl]
    local colour=$1 path=$2
    shift 2
    curl -sS --max-time 10 --unix-socket "$BALCAO_RUN/$colour.sock" -H "Host: $BALCAO_HOST" -H 'X-Forwarded-Proto: https' "$@" \
        "http://localhost$path"
}

ready() { [ "$(ask "$1" /health/ready -o /dev/null -w '%{http_code}' 2>/dev/null)" = 200 ]; }

wait_until_ready() {
    local ends=$((SECONDS + READY_SECONDS))
    until ready "$1"; do
        api_alive "$1" || stop "$1 ended by itself"
        [ "$SECONDS" -lt "$ends" ] || stop "$1 is not ready after $READY_SECONDS s: $(ask "$1" /health/ready 2>&1 || :)"
        sleep 0.3
    done
}

smoke() { # asks the release that does not serve yet; every answer must be good
    local paths number code
    read -r -a paths <<<"$SMOKE_PATHS"
    for ((number = 0; number < SMOKE_REQUESTS; number++)); do
        code=$(ask "$1" "${paths[number % ${#paths[@]}]}" -o /dev/null -w '%{http_code}') || code=none
        case $code in
        2?? | 3??) ;;
        *) stop "smoke test: ${paths[number % ${#paths[@]}]} answers $code" ;;
        esac
    done
    say "smoke test: $SMOKE_REQUESTS good answers"
}

mark_log() { log_from=$(stat -c %s "$NGINX_LOG" 2>/dev/null || echo 0); }

judge_log() { # what nginx wrote since the switch: "<answers> <percent of 5xx> <p95 in ms>"
    local size
    size=$(stat -c %s "$NGINX_LOG" 2>/dev/null || echo 0)
    [ "$size" -ge "$log_from" ] || log_from=0 # begun anew meanwhile
    # Event streams are held open for minutes on purpose; the last line may be half there.
    tail -c "+$((log_from + 1))" "$NGINX_LOG" 2>/dev/null | sed '$d' |
        sed -n 's/.*"status":\([0-9]*\),"seconds":\([0-9.]*\),.*"path":"\([^"]*\)".*/\2 \1 \3/p' |
        awk '$3 !~ /(eventos|events|stream)$/ { print $1, $2 }' | sort -n |
        awk '{ times[NR] = $1; if ($2 >= 500) bad++ }
            END { at = int(NR * 0.95); if (at < 1) at = 1
                  printf "%d %.2f %d\n", NR, NR ? bad * 100 / NR : 0, NR ? times[at] * 1000 : 0 }'
}

watch() { # watch <colour>: takes back what answers with errors, or slowly, or not at all
    local ends=$((SECONDS + WATCH_SECONDS)) answers errors p95
    while :; do
        ready "$1" || { sleep 1; ready "$1" || stop "$1 is not ready any more"; }
        read -r answers errors p95 < <(judge_log)
        if [ "$answers" -ge "$MIN_SAMPLE" ]; then
            awk "BEGIN { exit !($errors > $MAX_ERROR_PERCENT) }" && stop "$errors % of $answers answers are errors"
            [ "$p95" -le "$MAX_P95_MS" ] || stop "p95 of $answers answers is $p95 ms"
        fi
        [ "$SECONDS" -lt "$ends" ] || break
        sleep 2
    done
    say "watched $WATCH_SECONDS s: $answers answers, $errors % errors, p95 $p95 ms"
}
