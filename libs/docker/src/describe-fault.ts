import type { DockerFault } from './docker-fault';

/** The words for a fault: one line each. */
export function describeFault(fault: DockerFault): { message: string; help: string } {
  switch (fault.code) {
    case 'docker-missing':
      return {
        message: `The command "${fault.binary}" was not found.`,
        help: 'Install Docker Engine with the Compose plugin: https://docs.docker.com/engine/install/',
      };
    case 'engine-unreachable':
      return {
        message: `No Docker engine answers${fault.endpoint ? ` at ${fault.endpoint}` : ''}: ${fault.reason}`,
        help: 'Start it ("sudo systemctl start docker"), or check DOCKER_HOST and "docker context ls".',
      };
    case 'permission-denied':
      return {
        message: `This user may not talk to the Docker engine: ${fault.reason}`,
        help: 'Run as root, or add the user to the group docker ("sudo usermod -aG docker $USER") and log in again.',
      };
    case 'compose-missing':
      return {
        message: 'Docker has no Compose plugin.',
        help: 'Install it (package docker-compose-plugin): https://docs.docker.com/compose/install/linux/',
      };
    case 'compose-too-old':
      return {
        message: `Docker Compose ${fault.version} is too old: ${fault.minimum} is needed.`,
        help: 'Update the package docker-compose-plugin.',
      };
    case 'compose-invalid':
      return { message: `Compose refuses the file: ${fault.reason}`, help: 'Correct the Compose file.' };
    case 'variable-missing':
      return {
        message: `The variable ${fault.variable} is required and not set: ${fault.reason}`,
        help: `Set ${fault.variable} in the environment or in the project's .env file.`,
      };
    case 'image-not-found':
      return {
        message: `The image ${fault.image} could not be found: ${fault.reason}`,
        help: 'Check name and tag; for a private image run "docker login" for its registry first.',
      };
    case 'pull-failed':
      return {
        message: `The image${fault.image ? ` ${fault.image}` : ''} could not be pulled: ${fault.reason}`,
        help: 'Check the network of this host and that the registry answers, then try again.',
      };
    case 'build-failed':
      return {
        message: `The build failed: ${fault.reason}`,
        help: 'Correct the Dockerfile or what it copies.',
      };
    case 'port-taken':
      return {
        message: `Port ${fault.port}${fault.protocol ? `/${fault.protocol}` : ''}${fault.address ? ` of ${fault.address}` : ''} is taken.`,
        help: `See who has it with "ss -lnp 'sport = :${fault.port}'", and stop it or choose another port.`,
      };
    case 'address-pools-exhausted':
      return {
        message: 'The engine has no free subnet left for another network.',
        help: 'Remove unused networks ("docker network prune"), or add default-address-pools to /etc/docker/daemon.json.',
      };
    case 'subnet-taken':
      return {
        message: `The subnet overlaps another network: ${fault.reason}`,
        help: 'Find it with "docker network inspect $(docker network ls -q)" and "ip route", and remove or move one of the two.',
      };
    case 'address-taken':
      return {
        message: `The address${fault.address ? ` ${fault.address}` : ''} is in use on its network.`,
        help: 'See who has it with "docker network inspect", or choose another address.',
      };
    case 'disk-full':
      return {
        message: `The disk is full: ${fault.reason}`,
        help: 'Make room: "docker system df" shows what Docker holds, "docker image prune" removes images without a name.',
      };
    case 'network-not-found':
      return {
        message: `The network ${fault.network} does not exist.`,
        help: `Create it ("docker network create ${fault.network}"), or deploy what owns it first.`,
      };
    case 'network-in-use':
      return {
        message: `The network ${fault.network} still has containers attached.`,
        help: `See them with "docker network inspect ${fault.network}".`,
      };
    case 'network-exists':
      return { message: `A network named ${fault.network} exists.`, help: 'Use it, or remove it first.' };
    case 'container-not-found':
      return {
        message: `The container ${fault.container} does not exist.`,
        help: 'See what is there: "docker ps -a".',
      };
    case 'container-not-running':
      return {
        message: `The container ${fault.container} does not run.`,
        help: `See why with "docker logs ${fault.container}".`,
      };
    case 'container-name-taken':
      return {
        message: `The container name ${fault.name} is taken${fault.container ? ` by ${fault.container.slice(0, 12)}` : ''}.`,
        help: `Remove or rename that container ("docker rm ${fault.name}"), or drop container_name.`,
      };
    case 'container-unhealthy':
      return {
        message: `The container ${fault.container} did not come up: ${fault.reason}`,
        help: `See its last lines with "docker logs ${fault.container}".`,
      };
    case 'mount-missing':
      return {
        message: `The path ${fault.path} to mount does not exist.`,
        help: 'Create it, or correct the Compose file.',
      };
    case 'sops-missing':
      return {
        message: `${fault.file} is encrypted, and the command "sops" was not found.`,
        help: 'Install SOPS: https://github.com/getsops/sops/releases',
      };
    case 'decryption-failed':
      return {
        message: `${fault.file} cannot be decrypted: ${fault.reason}`,
        help: 'Give this host a key that the file is encrypted for: SOPS_AGE_KEY_FILE, or ~/.config/sops/age/keys.txt.',
      };
    case 'timeout':
      return {
        message: `"${fault.command}" did not end within ${fault.seconds} s.`,
        help: 'Check that the engine answers ("docker version") and try again.',
      };
    case 'interrupted':
      return {
        message: `"${fault.command}" was interrupted${fault.signal ? ` (${fault.signal})` : ''}.`,
        help: 'Run the command again to finish.',
      };
    case 'command-failed':
      return {
        message: `"${fault.command}" failed${fault.exitCode === null ? '' : ` (exit code ${fault.exitCode})`}: ${lastLine(fault.stderr)}`,
        help: 'The lines above come from Docker; correct what they name and try again.',
      };
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() || 'it printed no reason';
}
