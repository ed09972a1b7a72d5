# shellcheck shell=bash
# Where releases lie, which colour is which, and the one step that changes who serves.

live_colour() { colour_behind live.sock; }

colour_behind() { # colour_behind <link>: blue, green, or nothing
    local target
    target=$(readlink "$BALCAO_LINKS/$1" 2>/dev/null) || return 0
    basename "$target" .sock
}

other_colour() { if [ "$1" = blue ]; then echo green; else echo blue; fi; }

release_of() { readlink -e "$BALCAO_HOME/$1"; }

replace_link() { # replace_link <target> <link>: in one step, nobody ever finds nothing
    ln -sfn "$1" "$2.new"
    mv -T "$2.new" "$2"
}

point_colour() { replace_link "$2" "$BALCAO_HOME/$1"; }
point_current() { replace_link "$1" "$BALCAO_HOME/current"; }

socket_of() { # as the links name it: relative inside one folder, so that it holds in containers too
    if [ "$BALCAO_LINKS" = "$BALCAO_RUN" ]; then echo "$1.sock"; else echo "$BALCAO_RUN/$1.sock"; fi
}

switch_to() { # switch_to <colour>: it serves, the other one is spare
    replace_link "$(socket_of "$1")" "$BALCAO_LINKS/live.sock"
    replace_link "$(socket_of "$(other_colour "$1")")" "$BALCAO_LINKS/spare.sock"
    live_changed "$1"
}

forget_spare() { # nginx tries this colour no more
    [ "$(colour_behind spare.sock)" != "$1" ] || rm -f "$BALCAO_LINKS/spare.sock"
}

prepare() { # prepare <folder or git name>: answers the folder of the release, with everything it needs
    local id target
    renice -n 10 -p "$BASHPID" >/dev/null 2>&1 || : # what serves goes first
    if [ -d "$1" ]; then
        case $(cd "$1" && pwd -P) in
        "$(cd "$BALCAO_HOME/releases" && pwd -P)"/*) target=$(cd "$1" && pwd -P) ;;
        *)
            id=$(basename "$(cd "$1" && pwd)")-$(date +%Y%m%d-%H%M%S)
            target=$BALCAO_HOME/releases/$id
            mkdir "$target.new"
            tar -C "$1" --exclude=./.git --exclude=./.venv --exclude=./.balcao --exclude=./.hypothesis --exclude=./.coverage -cf - . | tar -C "$target.new" -xf -
            mv "$target.new" "$target"
            ;;
        esac
    else
        id=$(git -C "$BALCAO_REPOSITORY" rev-parse --verify --quiet --short=12 "$1^{commit}") ||
            stop "$1 is neither a folder nor known to git in $BALCAO_REPOSITORY"
        target=$BALCAO_HOME/releases/$id
        if [ ! -d "$target" ]; then
            rm -rf "$target.new"
            mkdir "$target.new"
            git -C "$BALCAO_REPOSITORY" archive "$id" | tar -C "$target.new" -xf -
            mv "$target.new" "$target"
        fi
    fi
    # Asked for in a shell of its own, where a failure would not end this script by itself.
    install_release "$target" >&2 || stop "what release $(basename "$target") needs could not be installed"
    echo "$target"
}

settle_old() { # settle_old <colour>: it rests as spare for a while, then it is put away
    [ -n "$1" ] || return 0
    sleep "$SETTLE_SECONDS"
    if [ "$KEEP_OLD_SECONDS" = 0 ]; then
        forget_spare "$1"
        api_stop "$1"
    else
        date +%s%N >"$BALCAO_HOME/shared/retire-$1"
        retire_later "$1" "$(cat "$BALCAO_HOME/shared/retire-$1")"
    fi
    forget_releases
}

forget_retirement() { rm -f "$BALCAO_HOME/shared/retire-$1"; }

retire() { # retire <colour> <mark>
    take_lock
    [ "$(cat "$BALCAO_HOME/shared/retire-$1" 2>/dev/null)" = "$2" ] || return 0
    [ "$(live_colour)" != "$1" ] || return 0
    rm -f "$BALCAO_HOME/shared/retire-$1"
    forget_spare "$1"
    sleep "$SETTLE_SECONDS"
    api_stop "$1"
}

forget_releases() { # the newest stay, and whatever something points to
    local kept path
    kept=" $(release_of blue || :) $(release_of green || :) $(release_of current || :) "
    find "$BALCAO_HOME/releases" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort -rn | cut -d ' ' -f 2- |
        tail -n "+$((KEEP_RELEASES + 1))" | while read -r path; do
        case $kept in *" $path "*) ;; *) rm -rf "$path" ;; esac
    done
}
