#!/bin/sh
# Runs a command beside a Docker engine of its own, which tests may restart and fill: network, processes, /run and the
# engine's disk are in namespaces that end with the command. Where that cannot be, the command runs all the same, with
# the reason in ITSUP_E2E_NO_OWN_ENGINE.
#
#   own-engine.sh <command>           the engine and Compose that the machine has
#   own-engine.sh --today <command>   those of ITSUP_E2E_TODAY (default: /opt/docker-today), which holds `bin` and, with
#                                     the Compose plugin, `config`; a failure where there are none or it cannot be run
#   own-engine.sh [--today] --swarm <command>   the engine can be in a swarm: without `live-restore`, at 10.99.0.1
#
#   ITSUP_E2E_ENGINE_LOG      for the command: what the engine logs
#   ITSUP_E2E_MACHINE_ENGINE  for the command: where the machine's engine answers, which has the images
set -eu

without() {
  [ -z "${ITSUP_E2E_ON_TODAY:-}" ] || { echo "own-engine.sh: $1" >&2; exit 1; }
  export ITSUP_E2E_NO_OWN_ENGINE="$1"
  shift
  exec "$@"
}

inside() {
  folder=$1
  shift
  mkdir "$folder/run"
  mount --bind /run "$folder/run"
  mount -t tmpfs none /run
  mkdir -p /var/lib/docker
  mount -t tmpfs -o size=1500m none /var/lib/docker
  ip link set lo up
  settings='"live-restore": true'
  if [ -n "${ITSUP_E2E_ON_SWARM:-}" ]; then
    settings='"live-restore": false, "insecure-registries": ["10.99.0.0/24"]'
    ip link add itsup0 type bridge
    ip address add 10.99.0.1/24 dev itsup0
    ip link set itsup0 up
  fi
  printf '{%s, "default-address-pools": [{"base": "10.64.0.0/11", "size": 24}]}\n' "$settings" >"$folder/daemon.json"
  dockerd --config-file "$folder/daemon.json" >"$folder/dockerd.log" 2>&1 &
  tries=0
  until docker version >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 150 ] || without "an engine of its own did not start: $(tail -n 1 "$folder/dockerd.log")" "$@"
    sleep 0.2
  done
  export ITSUP_E2E_ENGINE_LOG="$folder/dockerd.log"
  export ITSUP_E2E_MACHINE_ENGINE="unix://$folder/run/docker.sock"
  status=0
  "$@" || status=$?
  exit "$status"
}

if [ "$1" = --inside ]; then
  shift
  inside "$@"
fi

if [ "$1" = --today ]; then
  shift
  today=${ITSUP_E2E_TODAY:-/opt/docker-today}
  export ITSUP_E2E_ON_TODAY=true PATH="$today/bin:$PATH" DOCKER_CONFIG="$today/config"
  [ -x "$today/bin/dockerd" ] && [ -x "$today/config/cli-plugins/docker-compose" ] ||
    without "$today holds no bin/dockerd and config/cli-plugins/docker-compose; ITSUP_E2E_TODAY names another folder"
fi

if [ "$1" = --swarm ]; then
  shift
  export ITSUP_E2E_ON_SWARM=true
fi

for command in unshare ip iptables dockerd docker; do
  command -v "$command" >/dev/null || without "there is no $command here" "$@"
done
[ "$(id -u)" = 0 ] || without 'only root can start an engine of its own' "$@"
unshare --net --mount --pid --fork true 2>/dev/null || without 'namespaces are not allowed here' "$@"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
unset DOCKER_HOST DOCKER_CONTEXT
unshare --net --mount --pid --fork --kill-child --mount-proc "$0" --inside "$folder" "$@" || status=$?
exit "$status"
