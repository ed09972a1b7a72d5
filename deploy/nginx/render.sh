#!/bin/sh
# Writes nginx's configuration from the templates beside this file, with what the environment says.
#
#   render.sh [--main] FOLDER      FOLDER is /etc/nginx, usually; --main also writes FOLDER/nginx.conf
#
# BALCAO_DOMAIN      names served, separated by spaces (needed)
# BALCAO_CERT        certificate and BALCAO_KEY its key: /etc/letsencrypt/live/<first name>/… by default
# BALCAO_LIVE        socket of the release that serves, and BALCAO_SPARE of the one before it
# BALCAO_UNLIMITED   networks without limits on the rate, for load tests; none by default
# BALCAO_ACME        folder of Let's Encrypt's questions, BALCAO_LOGS of logs, BALCAO_CACHE of kept files
# BALCAO_HTTP_PORT, BALCAO_HTTPS_PORT, and for --main BALCAO_USER, BALCAO_RUN, BALCAO_TMP, BALCAO_MIME
# shellcheck disable=SC2034  # the templates' variables are read by name below
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
main=0
if [ "${1:-}" = --main ]; then
    main=1
    shift
fi
[ $# -eq 1 ] || { sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 2; }
: "${BALCAO_DOMAIN:?names served, as in BALCAO_DOMAIN=loja.example.com}"
mkdir -p "$1"
BALCAO_NGINX=$(CDPATH='' cd -- "$1" && pwd)
home=${BALCAO_HOME:-/opt/balcao}
first=${BALCAO_DOMAIN%% *}
: "${BALCAO_CERT:=/etc/letsencrypt/live/$first/fullchain.pem}" "${BALCAO_KEY:=/etc/letsencrypt/live/$first/privkey.pem}"
: "${BALCAO_LIVE:=$home/shared/live.sock}" "${BALCAO_SPARE:=$home/shared/spare.sock}"
: "${BALCAO_UNLIMITED:=}" "${BALCAO_ACME:=/var/www/acme}" "${BALCAO_LOGS:=/var/log/nginx}"
: "${BALCAO_CACHE:=/var/cache/nginx/balcao}" "${BALCAO_HTTP_PORT:=80}" "${BALCAO_HTTPS_PORT:=443}"
: "${BALCAO_USER:=}" "${BALCAO_RUN:=/run}" "${BALCAO_TMP:=/var/lib/nginx}" "${BALCAO_MIME:=/etc/nginx/mime.types}"
BALCAO_HTTPS_SUFFIX=
[ "$BALCAO_HTTPS_PORT" = 443 ] || BALCAO_HTTPS_SUFFIX=:$BALCAO_HTTPS_PORT
BALCAO_USER_LINE=
[ -z "$BALCAO_USER" ] || BALCAO_USER_LINE="user $BALCAO_USER;"
BALCAO_UNLIMITED_LINES=
for network in $BALCAO_UNLIMITED; do
    BALCAO_UNLIMITED_LINES="$BALCAO_UNLIMITED_LINES$network 1; "
done
# The policy of the error pages lets in their one style sheet, by its hash.
style=$(sed -n '/<style>/,/<\/style>/p' "$here/errors/pt/404.html" | sed '1s/.*<style>//; $s/<\/style>.*//'; printf x)
style=${style%?x}
BALCAO_ERROR_STYLE=sha256-$(printf '%s' "$style" | openssl dgst -sha256 -binary | openssl base64 -A)

names='DOMAIN CERT KEY LIVE SPARE ACME LOGS CACHE HTTP_PORT HTTPS_PORT HTTPS_SUFFIX NGINX RUN TMP MIME
    USER_LINE UNLIMITED_LINES ERROR_STYLE'
script=
for name in $names; do
    eval "value=\$BALCAO_$name"
    value=$(printf '%s' "$value" | sed 's/[\\&|]/\\&/g')
    script="$script
s|\${BALCAO_$name}|$value|g"
done
fill() { # fill <template> <file>: appears whole or not at all
    sed "$script" "$1" >"$2.new"
    mv "$2.new" "$2"
}

mkdir -p "$BALCAO_NGINX/conf.d" "$BALCAO_NGINX/balcao/errors" "$BALCAO_CACHE" "$BALCAO_ACME"
for file in "$here"/snippets/*.conf; do
    cp "$file" "$BALCAO_NGINX/balcao/"
done
cp -R "$here/errors/." "$BALCAO_NGINX/balcao/errors/"
fill "$here/snippets/errors.conf.template" "$BALCAO_NGINX/balcao/errors.conf"
fill "$here/balcao.conf.template" "$BALCAO_NGINX/conf.d/balcao.conf"
[ "$main" = 0 ] || fill "$here/nginx.conf.template" "$BALCAO_NGINX/nginx.conf"
