import type { DockerFault } from './docker-fault';

/** The words for a fault: one line each. */
export function describeFault(fault: DockerFault): { message: string; help: string } {
  switch (fault.code) {
    case 'docker-missing':
      return {
        message: `the command "${fault.binary}" was not found`,
        help: 'install Docker Engine with the Compose plugin: on Debian and Ubuntu run: sudo env "PATH=$PATH" npx itsup bootstrap; elsewhere see https://docs.docker.com/engine/install/',
      };
    case 'engine-unreachable':
      return {
        message: `no Docker engine answers${fault.endpoint ? ` at ${fault.endpoint}` : ''}: ${fault.reason}`,
        help: 'start it ("sudo systemctl start docker"), or check DOCKER_HOST and "docker context ls"',
      };
    case 'permission-denied':
      return {
        message: `this user may not talk to the Docker engine: ${fault.reason}`,
        help: 'run as root, or add the user to the group docker ("sudo usermod -aG docker $USER") and log in again',
      };
    case 'compose-missing':
      return {
        message: 'Docker has no Compose plugin',
        help: 'install it (package docker-compose-plugin): https://docs.docker.com/compose/install/linux/',
      };
    case 'compose-too-old':
      return {
        message: `Docker Compose ${fault.version} is too old: ${fault.minimum} is needed`,
        help: 'update the package docker-compose-plugin',
      };
    case 'compose-invalid': {
      const [, file] = /^env file (.+?) not found/.exec(fault.reason) ?? [];
      if (file !== undefined)
        return {
          message: `the env_file ${file} is not there`,
          help: 'create it, or write it as {path: …, required: false}',
        };
      return {
        message: `Compose refuses the file: ${fault.reason}`,
        help: newerKeyHelp(fault.reason) ?? 'correct the Compose file',
      };
    }
    case 'stack-invalid':
      return {
        message: `docker stack refuses what the project comes to: ${fault.reason}`,
        help: 'correct the value in the Compose file',
      };
    case 'variable-missing':
      return {
        message: `the variable ${fault.variable} is required and not set: ${fault.reason}`,
        help: `set ${fault.variable} in the environment or in the project's .env file`,
      };
    case 'image-not-found':
      return {
        message: `the image ${fault.image} could not be found: ${fault.reason}`,
        help: 'check name and tag; for a private image run "docker login" for its registry first',
      };
    case 'pull-failed':
      return {
        message: `the image${fault.image ? ` ${fault.image}` : ''} could not be pulled: ${fault.reason}`,
        help: 'check the network of this host and that the registry answers, then try again',
      };
    case 'build-failed':
      return {
        message: `the build failed: ${fault.reason}`,
        help: 'correct the Dockerfile or what it copies',
      };
    case 'port-taken':
      return {
        message: `port ${fault.port}${fault.protocol ? `/${fault.protocol}` : ''}${fault.address ? ` of ${fault.address}` : ''} is taken`,
        help: `see who has it with "ss -lnp 'sport = :${fault.port}'", and stop it or choose another port`,
      };
    case 'address-pools-exhausted':
      return {
        message: 'the engine has no free subnet left for another network',
        help: 'remove unused networks ("docker network prune"), or add default-address-pools to /etc/docker/daemon.json',
      };
    case 'subnet-taken':
      return {
        message: `the subnet overlaps another network: ${fault.reason}`,
        help: 'find it with "docker network inspect $(docker network ls -q)" and "ip route", and remove or move one of the two',
      };
    case 'address-taken':
      return {
        message: `the address${fault.address ? ` ${fault.address}` : ''} is in use on its network`,
        help: 'see who has it with "docker network inspect", or choose another address',
      };
    case 'disk-full':
      return {
        message: `the disk is full: ${fault.reason}`,
        help: 'make room: "docker system df" shows what Docker holds, "docker image prune" removes images without a name',
      };
    case 'network-not-found':
      return {
        message: `the network ${fault.network} does not exist`,
        help: `create it ("docker network create ${fault.network}"), or deploy what owns it first`,
      };
    case 'network-in-use':
      return {
        message: `the network ${fault.network} still has containers attached`,
        help: `see them with "docker network inspect ${fault.network}"`,
      };
    case 'network-exists':
      return { message: `a network named ${fault.network} exists`, help: 'use it, or remove it first' };
    case 'container-not-found':
      return {
        message: `the container ${fault.container} does not exist`,
        help: 'see what is there: "docker ps -a"',
      };
    case 'container-not-running':
      return {
        message: `the container ${fault.container} does not run`,
        help: `see why with "docker logs ${fault.container}"`,
      };
    case 'container-name-taken':
      return {
        message: `the container name ${fault.name} is taken${fault.container ? ` by ${fault.container.slice(0, 12)}` : ''}`,
        help: `remove or rename that container ("docker rm ${fault.name}"), or drop container_name`,
      };
    case 'container-unhealthy':
      return {
        message: `the container ${fault.container} did not come up: ${fault.reason}`,
        help: `see its last lines with "docker logs ${fault.container}"`,
      };
    case 'mount-missing':
      return {
        message: `the path ${fault.path} to mount does not exist`,
        help: 'create it, or correct the Compose file',
      };
    case 'sops-missing':
      return {
        message: `${fault.file} is encrypted, and the command "sops" was not found`,
        help: 'install SOPS: https://github.com/getsops/sops/releases',
      };
    case 'decryption-failed':
      return {
        message: `${fault.file} cannot be decrypted: ${fault.reason}`,
        help: 'give this host a key that the file is encrypted for: SOPS_AGE_KEY_FILE, or ~/.config/sops/age/keys.txt',
      };
    case 'timeout':
      return {
        message: `"${fault.command}" did not end within ${fault.seconds} s`,
        help: 'check that the engine answers ("docker version") and try again',
      };
    case 'interrupted':
      return {
        message: `"${fault.command}" was interrupted${fault.signal ? ` (${fault.signal})` : ''}`,
        help: 'run the command again to finish',
      };
    case 'command-failed':
      return {
        message: `"${fault.command}" failed${fault.exitCode === null ? '' : ` (exit code ${fault.exitCode})`}: ${lastLine(fault.stderr)}`,
        help: 'the lines above come from Docker; correct what they name and try again',
      };
  }
}

/** The version that a key came with, of those that older ones refuse as unknown. */
const KEYS_SINCE: Readonly<Record<string, string>> = {
  pre_start: '5.3',
  post_start: '2.30',
  pre_stop: '2.30',
};

/** What to do about a key that this Compose does not know and a newer one does; null: it is none. */
function newerKeyHelp(reason: string): string | null {
  const key = /additional propert\w+ '?(\w+)'? (?:is )?not allowed/i.exec(reason)?.[1] ?? '';
  const since = KEYS_SINCE[key];
  return since === undefined
    ? null
    : `${key} is known to Docker Compose from ${since} on: update the package docker-compose-plugin, or take the key out`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() || 'it printed no reason';
}
