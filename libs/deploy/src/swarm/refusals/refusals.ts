/** One row of what Swarm would silently do otherwise: of docs/swarm.md, of the messages, and of the test. */
export interface Refusal {
  /** As docs and messages name it: the key, or the key with what is wrong about it. */
  key: string;
  /** What a swarm would make of it. */
  does: string;
  /** What to do about it. */
  cure: string;
  /** YAML that has it: a member of a service, or of the file. */
  example: string;
  of: 'service' | 'file';
}

const COMPOSE = 'run the project on a host with `engine: compose`, or do without';

/**
 * Keys of a service whose mere presence is refused. Which of them the CLI drops with a line among others, which
 * without, and which its schema refuses in words of its own, was tried key by key on CLI 28.2.2.
 */
export const REFUSED_SERVICE_KEYS = {
  annotations: refusal('annotations: {a: b}', 'a task has none', COMPOSE),
  blkio_config: refusal('blkio_config: {weight: 300}', 'a task has no such limit', 'leave it out'),
  cgroup: refusal('cgroup: host', 'a task has a cgroup namespace of its own', COMPOSE),
  cgroup_parent: refusal('cgroup_parent: m', 'it is dropped', 'limit it by `deploy.resources`'),
  cpu_count: refusal('cpu_count: 2', 'a task has no such limit', 'limit it by `cpus`'),
  cpu_percent: refusal('cpu_percent: 50', 'a task has no such limit', 'limit it by `cpus`'),
  cpu_period: refusal('cpu_period: 50000', 'a task has no such limit', 'limit it by `cpus`'),
  cpu_quota: refusal('cpu_quota: 25000', 'a task has no such limit', 'limit it by `cpus`'),
  cpu_rt_period: refusal('cpu_rt_period: 5000', 'a task has no such limit', 'limit it by `cpus`'),
  cpu_rt_runtime: refusal('cpu_rt_runtime: 5000', 'a task has no such limit', 'limit it by `cpus`'),
  cpu_shares: refusal(
    'cpu_shares: 512',
    'a task has no shares',
    'reserve by `deploy.resources.reservations`',
  ),
  cpuset: refusal('cpuset: "0"', 'a task may run on every processor', 'limit it by `cpus`'),
  credential_spec: refusal('credential_spec: {file: a.json}', 'it is not passed on', COMPOSE),
  device_cgroup_rules: refusal('device_cgroup_rules: ["c 1:3 mr"]', 'a task has no devices', COMPOSE),
  devices: refusal('devices: [/dev/null]', 'it is dropped: a task has no devices', COMPOSE),
  dns_opt: refusal('dns_opt: [use-vc]', 'a stack file has no word for it', 'leave it out'),
  domainname: refusal('domainname: example.com', 'it is dropped', 'write the full name as `hostname`'),
  external_links: refusal('external_links: [redis]', 'it is dropped', 'share a network, by `egress`'),
  gpus: refusal('gpus: all', 'a task has no devices', COMPOSE),
  group_add: refusal(
    'group_add: ["44"]',
    'a task has the groups of its image',
    'name user and group by `user`',
  ),
  ipc: refusal('ipc: host', 'it is dropped: a task has memory of its own', COMPOSE),
  links: refusal('links: [db]', 'it is dropped', "the service's name does, or `aliases` of a network"),
  mac_address: refusal('mac_address: "02:42:ac:11:00:05"', 'a task gets another one', COMPOSE),
  mem_swappiness: refusal('mem_swappiness: 10', 'it is not passed on', 'leave it out'),
  memswap_limit: refusal('memswap_limit: 128m', 'a task may swap as the engine allows', 'leave it out'),
  models: refusal('models: [llm]', 'a swarm runs no models', COMPOSE),
  network_mode: refusal('network_mode: host', 'it is dropped: the task is on networks of its own', COMPOSE),
  oom_kill_disable: refusal('oom_kill_disable: true', 'the kernel may end the task', 'leave it out'),
  oom_score_adj: refusal('oom_score_adj: -500', 'it is dropped (CLI 28)', 'leave it out'),
  pid: refusal('pid: host', 'it is dropped: a task sees its own processes', COMPOSE),
  post_start: refusal('post_start: [{command: "true"}]', 'no hook runs', 'do it in the command of the image'),
  pre_start: refusal('pre_start: [{command: ["true"]}]', 'no hook runs', 'do it in the command of the image'),
  pre_stop: refusal('pre_stop: [{command: "true"}]', 'no hook runs', 'do it at the stop signal'),
  privileged: refusal('privileged: true', 'it is dropped', 'name what it needs by `cap_add`'),
  provider: refusal('provider: {type: model}', 'a swarm runs containers alone', COMPOSE),
  runtime: refusal('runtime: runc', "a task has the engine's", 'set `default-runtime` of the engine'),
  security_opt: refusal(
    'security_opt: ["no-new-privileges:true"]',
    'it is dropped, and with it the protection',
    'set `no-new-privileges` of the engine (daemon.json), and leave it out',
  ),
  shm_size: refusal('shm_size: 256m', 'it is dropped: 64 MB', 'a tmpfs on `/dev/shm`'),
  storage_opt: refusal('storage_opt: {size: 1G}', 'a task has no limit of its disk', 'leave it out'),
  use_api_socket: refusal('use_api_socket: true', 'the socket is not passed on', COMPOSE),
  userns_mode: refusal('userns_mode: host', 'it is dropped', COMPOSE),
  uts: refusal('uts: host', 'a task has a host name of its own', COMPOSE),
  volumes_from: refusal('volumes_from: [db]', 'it is not passed on', 'name the volume in both services'),
} satisfies Record<string, Refusal>;

/** What is refused for what a value says; `find-refusals.ts` finds them. */
export const REFUSED_VALUES = {
  'port-address': refusal(
    'ports: ["127.0.0.1:8080:80"]',
    'it is published on every address, so everybody reaches it',
    'leave the port out and use a row or a network of the project, or leave the address out',
    '`ports` on one address',
  ),
  'port-any': refusal(
    'ports: ["80"]',
    'each task gets another port, which nobody is told',
    'name the published port',
    '`ports` without a published port',
  ),
  'port-range': refusal(
    'ports: ["8000-8010:80"]',
    'a stack file has no word for it',
    'name one port',
    'a range of published ports for one port',
  ),
  'fixed-address': refusal(
    'networks: {default: {ipv4_address: 10.9.0.4}}',
    'the task gets another address',
    "the service's name does, which leads to all its tasks",
    '`ipv4_address` and the like of a network',
  ),
  'network-option': refusal(
    'networks: {default: {interface_name: lan}}',
    'it is not passed on',
    'leave it out',
    '`driver_opts` and `interface_name` of a service’s network',
  ),
  'host-gateway': refusal(
    'extra_hosts: ["host:host-gateway"]',
    'the word is no address for a swarm',
    'name the address',
    '`extra_hosts` with `host-gateway`',
  ),
  template: refusal(
    'environment: {A: "{{.Site.Title}}"}',
    'a swarm takes it for a template of its own',
    'read it from a config, or let the application put the braces together',
    '`{{` in `environment`, `hostname` or a mount',
  ),
  'anonymous-volume': refusal(
    'volumes: [/data]',
    'each new task begins with an empty one',
    'give the volume a name',
    'a volume without a name',
  ),
  'mount-type': refusal(
    'volumes: [{type: image, source: busybox, target: /b}]',
    'a stack file has no word for it',
    'mount a volume, a folder or a tmpfs',
    'a mount of another type than `volume`, `bind` and `tmpfs`',
  ),
  'mount-option': refusal(
    'volumes: ["./a:/a:z"]',
    'it is not passed on',
    'leave it out',
    '`selinux` and `recursive` of a bind, `subpath` and `labels` of a volume, `mode` and the like of a tmpfs',
  ),
  'empty-entrypoint': refusal(
    'entrypoint: []',
    "the image's runs: a task cannot be without one",
    'name the program in `entrypoint`',
    '`entrypoint` that is empty',
  ),
  'deploy-label': refusal(
    'deploy: {labels: {traefik.enable: "true"}}',
    'Traefik reads it, which with Compose it does not, and nothing here has judged it',
    'write it below `labels` of the service',
    '`traefik.*` in `deploy.labels`',
  ),
  'reserved-devices': refusal(
    'deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}',
    'a task has no devices',
    COMPOSE,
    '`deploy.resources.reservations.devices`',
  ),
  'network-driver': ofFile(
    refusal(
      'networks: {default: {driver: macvlan}}',
      'a task is on networks of the whole swarm alone',
      'leave the driver out: the network becomes an overlay',
      'a network with another driver than `bridge` and `overlay`',
    ),
  ),
  'network-setting': ofFile(
    refusal(
      'networks: {default: {driver_opts: {com.docker.network.bridge.name: br0}}}',
      'it means nothing to an overlay, or a stack file has no word for it',
      'leave it out',
      '`driver_opts` of a bridge, `enable_ipv6`, and of `ipam` all but `subnet`',
    ),
  ),
  'file-setting': ofFile(
    refusal(
      'configs: {c: {file: ./c, template_driver: golang}}',
      'it is not passed on',
      'leave it out',
      '`template_driver`, `driver` and `driver_opts` of a config or secret',
    ),
  ),
  unknown: refusal(
    'x_unknown: 1',
    'nobody here knows what a swarm makes of it',
    'leave it out, or report it',
    'every key that is not in these tables',
  ),
} satisfies Record<string, Refusal>;

export type RefusedValue = keyof typeof REFUSED_VALUES;

/** All rows in the order of the documentation. */
export function allRefusals(): Refusal[] {
  return [
    ...Object.entries(REFUSED_SERVICE_KEYS).map(([key, row]) => ({ ...row, key: `\`${key}\`` })),
    ...Object.values(REFUSED_VALUES),
  ];
}

function refusal(example: string, does: string, cure: string, key = ''): Refusal {
  return { key, does, cure, example, of: 'service' };
}

function ofFile(row: Refusal): Refusal {
  return { ...row, of: 'file' };
}
