# shellcheck shell=bash disable=SC2154,SC2016  # what deploy.sh knows; words for another shell
# Containers of compose.yaml on one machine. The sockets' folder is a bind mount, so they are asked from outside as well.

image_of() { echo "balcao:$(basename "$1")"; }
images_file() { echo "$BALCAO_HOME/shared/images.env"; }

set_image() { # set_image <variable> <release>
    touch "$(images_file)"
    { grep -v "^$1=" "$(images_file)" || :; echo "$1=$(image_of "$2")"; } >"$(images_file).new"
    mv "$(images_file).new" "$(images_file)"
}

compose() {
    # shellcheck disable=SC2086
    BALCAO_RUN=$BALCAO_RUN $COMPOSE -f "$here/compose.yaml" --env-file "$BALCAO_ENV" --env-file "$(images_file)" "$@" 9>&-
}

install_release() {
    touch "$(images_file)"
    docker image inspect "$(image_of "$1")" >/dev/null 2>&1 || docker build -t "$(image_of "$1")" -f "$1/deploy/Dockerfile" "$1"
}
in_release() { BALCAO_IMAGE=$(image_of "$1") compose run --rm --no-deps tools "${@:2}"; }

api_start() {
    set_image "BALCAO_IMAGE_${1^^}" "$(release_of "$1")"
    compose up -d --no-deps "api-$1"
}
api_alive() { [ -n "$(compose ps --status running -q "api-$1")" ]; }
api_stop() { compose stop "api-$1"; }

workers_swap() {
    set_image BALCAO_IMAGE "$(release_of current)"
    compose up -d --no-deps worker bulk
}
workers_state() { compose ps --format '{{.Service}}={{.State}}' worker bulk | tr '\n' ' '; }

live_changed() { :; }

retire_later() { # in a session of its own, without our lock
    (
        exec 9>&-
        setsid nohup sh -c 'sleep "$1"; shift; exec "$@"' retire "$KEEP_OLD_SECONDS" \
            "$here/deploy.sh" retire --config "$config" "$@" >>"$BALCAO_HOME/shared/deploy.log" 2>&1 </dev/null &
    )
}
