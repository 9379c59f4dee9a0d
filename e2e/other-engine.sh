#!/bin/sh
# Another machine for a swarm, beside the engine of `own-engine.sh --swarm`: a Docker engine whose network, processes,
# host name, /run and disk are in namespaces that end with this command. A cable leads to the bridge `itsup0`.
#
#   other-engine.sh <name> <number> <folder>
#
#   <name>     its host name, at most ten letters. The cable's end here is `to-<name>`: down, it is a machine that is lost
#   <number>   its address is 10.99.0.<number>
#   <folder>   empty; gets `docker.sock`, where the engine answers, and `dockerd.log`
set -eu

inside() {
  name=$1 number=$2 folder=$3
  hostname "$name"
  mount -t tmpfs none /run
  mkdir -p /var/lib/docker
  mount -t tmpfs -o size=1500m none /var/lib/docker
  ip link set lo up
  ip address add "10.99.0.$number/24" dev eth0
  ip link set eth0 up
  ip route add default via 10.99.0.1
  printf '{"insecure-registries": ["10.99.0.0/24"], "default-address-pools": [{"base": "10.64.0.0/11", "size": 24}]}\n' \
    >"$folder/daemon.json"
  exec dockerd --config-file "$folder/daemon.json" --host unix:///run/docker.sock --host "unix://$folder/docker.sock" \
    >"$folder/dockerd.log" 2>&1
}

if [ "$1" = --inside ]; then
  shift
  inside "$@"
fi

name=$1 number=$2 folder=$3
ip netns delete "$name" 2>/dev/null || true
ip netns add "$name"
ip link delete "to-$name" 2>/dev/null || true
ip link add "to-$name" type veth peer name eth0 netns "$name"
ip link set "to-$name" master itsup0 up
# `ip netns exec` would hide the control groups.
exec nsenter --net="/run/netns/$name" \
  unshare --mount --uts --pid --fork --kill-child --mount-proc "$0" --inside "$name" "$number" "$folder"
