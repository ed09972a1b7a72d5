#!/usr/bin/env bash
# Puts a release of Balcão into service without losing a request, and takes it back.
#
#   deploy.sh deploy [options] RELEASE   a folder with the program, or a name that git knows (tag, branch, commit)
#   deploy.sh rollback                   the release before this one serves again
#   deploy.sh status                     which serves, which rests
#   deploy.sh run WORDS                  ./balcao WORDS of the release that serves, with its settings and account
#
#   --skip-backup      make no backup first
#   --allow-contract   accept a migration that takes away what the serving release may use
#   --config FILE      settings of this script: /etc/balcao/deploy.env by default; lib/settings.sh lists them
#
# The database is migrated and never restored here: migrations only add, so the old release works on the new schema.
# Exit codes: 0 done; 1 refused or failed, the old release serves; 75 another run is under way.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/settings.sh
. "$here/lib/settings.sh"
# shellcheck source=lib/places.sh
. "$here/lib/places.sh"
# shellcheck source=lib/looks.sh
. "$here/lib/looks.sh"

usage() {
    sed -n '2,16s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

command=${1:-}
[ $# -gt 0 ] && shift
words=() skip_backup=0 allow_contract=0 config=''
if [ "$command" = run ]; then # what follows are not words for this script
    [ "${1:-}" != --config ] || { config=${2:?a file}; shift 2; }
    words=("$@")
    set --
fi
while [ $# -gt 0 ]; do
    case $1 in
    --skip-backup) skip_backup=1 ;;
    --allow-contract) allow_contract=1 ;;
    --config) config=${2:?a file}; shift ;;
    -*) usage ;;
    *) words+=("$1") ;;
    esac
    shift
done
read_settings "$config"
# shellcheck source=/dev/null
. "$here/lib/backend_$BACKEND.sh"

stage=nothing started='' before_release='' switched_from='' next_release='' rested=''

# Whatever ends a deploy before it is done, however far it was: the old release serves afterwards.
undo() {
    local code=$?
    trap - EXIT INT TERM
    [ "$stage" != finished ] || exit "$code"
    set +e
    if [ "$stage" != nothing ]; then
        say "taking it back (while $stage)"
        if [ -n "$switched_from" ]; then
            switch_to "$switched_from"
            sleep "$SETTLE_SECONDS"
        fi
        if [ -n "$before_release" ]; then
            point_current "$before_release"
            [ "$stage" = started ] || workers_swap
        fi
        # The colour whose server was not up yet is not spare either.
        if [ -n "$started" ]; then
            forget_spare "$started"
            api_stop "$started"
            [ -z "$rested" ] || point_colour "$started" "$rested" # a rollback leads to where it led before
        fi
        tell "Balcão: release $(basename "$next_release") was taken back while $stage. ${before_release:+$(basename "$before_release") serves.}"
    fi
    exit 1
}

deploy() {
    local began=$SECONDS live next
    take_lock
    next_release=$(prepare "${words[0]}")
    say "release $(basename "$next_release")"
    check_room
    gently check_release "$next_release" "$allow_contract"
    if [ "$skip_backup" = 0 ]; then
        say "backup"
        gently in_release "$next_release" backup create
    fi
    live=$(live_colour)
    next=$(other_colour "$live")
    before_release=$([ -z "$live" ] || release_of "$live")
    rested=$(release_of "$next" || :)
    say "migrate (the serving release goes on)"
    in_release "$next_release" migrate

    trap undo EXIT
    trap 'exit 1' INT TERM
    stage=started started=$next
    say "start $next"
    forget_retirement "$next"
    api_stop "$next"
    point_colour "$next" "$next_release"
    api_start "$next"
    wait_until_ready "$next"
    smoke "$next"

    # New workers know the jobs of both releases, old workers only their own: so the workers go first.
    stage=workers
    say "workers"
    point_current "$next_release"
    workers_swap

    stage=watched
    say "switch to $next"
    mark_log
    switched_from=$live
    switch_to "$next"
    watch "$next"
    stage=finished
    settle_old "$live"
    tell "Balcão: release $(basename "$next_release") serves, after $((SECONDS - began)) s."
}

rollback() {
    local live old
    take_lock
    live=$(live_colour)
    [ -n "$live" ] || stop "nothing serves"
    old=$(other_colour "$live")
    next_release=$(release_of "$old") || stop "there is no release before this one"
    before_release=$(release_of "$live")
    trap undo EXIT
    trap 'exit 1' INT TERM
    forget_retirement "$old"
    stage=started
    if ! api_alive "$old" || ! ready "$old"; then
        say "start $old ($(basename "$next_release"))"
        started=$old
        api_stop "$old"
        api_start "$old"
        wait_until_ready "$old"
        smoke "$old"
    fi
    say "switch to $old"
    stage=workers switched_from=$live
    switch_to "$old"
    point_current "$next_release"
    workers_swap
    stage=finished
    settle_old "$live"
    tell "Balcão: back to release $(basename "$next_release")."
}

status() {
    local colour live
    live=$(live_colour)
    for colour in blue green; do
        printf '%-6s %-9s %-12s %s\n' "$colour" "$([ "$colour" = "$live" ] && echo serves || echo rests)" \
            "$(api_alive "$colour" && { ready "$colour" && echo ready || echo "not ready"; } || echo stopped)" \
            "$(basename "$(release_of "$colour" 2>/dev/null || echo -)")"
    done
    printf 'workers %s\n' "$(workers_state)"
}

run() {
    local release
    release=$(release_of current) || stop "nothing was deployed yet"
    in_release "$release" "${words[@]}"
}

# `retire` is started by a deploy: it puts the old release away when its time as spare is over, unless it serves again.
case $command/${#words[@]} in
deploy/1) deploy ;;
rollback/0) rollback ;;
status/0) status ;;
run/0) usage ;;
run/*) run ;;
retire/2) retire "${words[@]}" ;;
*) usage ;;
esac
