import type { CommandRunner } from '../process/command-runner';
import type { Docker } from '../docker';
import { jsonFormat, labelFields, parseJsonLines, pickLabels } from '../process/json-format';
import { postToEngine } from '../engine/engine-api';
import type { EngineReader } from '../engine/engine-reader';
import { DockerError } from '../fault/docker-error';
import { endpointSettings } from './kept-endpoint';
import type { EndpointOptions, NetworkDetails } from './network';

type NetworkCommands = Pick<
  Docker,
  | 'listNetworks'
  | 'inspectNetworks'
  | 'createNetwork'
  | 'removeNetwork'
  | 'connectNetwork'
  | 'disconnectNetwork'
>;

interface RawNetwork {
  Id: string;
  Name: string;
  Driver: string;
  Internal: boolean;
  Attachable?: boolean;
  EnableIPv6: boolean;
  Labels: Record<string, string> | null;
  Options: Record<string, string> | null;
  IPAM: { Config: { Subnet: string; Gateway?: string; IPRange?: string }[] | null };
  Containers: Record<string, { Name: string; IPv4Address: string; IPv6Address: string }> | null;
}

const NETWORK_GONE = /network \S+ not found|No such network/i;
const CONTAINER_GONE = /No such container/i;
const CONNECTED = /endpoint with name \S+ already exists in network|is already attached to network/;

export function networkCommands(
  runner: CommandRunner,
  reader: EngineReader,
  engine: Pick<Docker, 'engine'>,
): NetworkCommands {
  const attempt = async (args: string[], harmless: RegExp): Promise<string> => {
    const command = { args };
    const result = await runner.attempt(command);
    if (result.exitCode !== 0 && !harmless.test(result.stderr)) throw runner.failure(command, result);
    return result.stdout;
  };

  /** false: the engine has no socket on this host. */
  const connectByApi = async (network: string, id: string, wanted: EndpointOptions): Promise<boolean> => {
    const { endpoint } = await engine.engine();
    if (!endpoint.startsWith('unix://')) return false;
    const body = { Container: id, EndpointConfig: endpointSettings(wanted) };
    try {
      await postToEngine(endpoint, `/networks/${encodeURIComponent(network)}/connect`, body);
    } catch (error) {
      if (!DockerError.is(error, 'command-failed')) throw error;
      const { stderr } = error.fault;
      if (CONNECTED.test(stderr)) return true;
      const ended = { ending: 'exited', exitCode: 1, signal: null, stdout: '' } as const;
      throw runner.failure({ args: ['network', 'connect', network, id] }, { ...ended, stderr, all: stderr });
    }
    return true;
  };

  return {
    listNetworks: async ({ labelFilters = [], labels = [] } = {}) => {
      const format = jsonFormat({ id: '.ID', name: '.Name', driver: '.Driver', ...labelFields(labels) });
      const filters = labelFilters.flatMap((filter) => ['--filter', `label=${filter}`]);
      const { stdout } = await runner.run({
        args: ['network', 'ls', '--no-trunc', ...filters, '--format', format],
      });
      return parseJsonLines(stdout).map((row) => ({
        id: row['id'] ?? '',
        name: row['name'] ?? '',
        driver: row['driver'] ?? '',
        labels: pickLabels(row, labels),
      }));
    },

    inspectNetworks: async (names) => {
      if (names.length === 0) return [];
      const paths = names.map((name) => `/networks/${encodeURIComponent(name)}`);
      const read = await reader.getEach<RawNetwork>(paths, 'docker network inspect');
      if (read !== null) return read.flatMap((one) => (one === 'missing' ? [] : toNetwork(one.answer)));
      return parseNetworks(await attempt(['network', 'inspect', ...names], NETWORK_GONE));
    },

    createNetwork: async ({ name, subnet, gateway, ipRange, internal, labels = {} }) => {
      const { stdout } = await runner.run({
        args: [
          'network',
          'create',
          ...(subnet ? ['--subnet', subnet] : []),
          ...(gateway ? ['--gateway', gateway] : []),
          ...(ipRange ? ['--ip-range', ipRange] : []),
          ...(internal ? ['--internal'] : []),
          ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
          name,
        ],
      });
      runner.settings.onNetwork?.(name);
      return stdout.trim();
    },

    removeNetwork: async (name) => {
      await attempt(['network', 'rm', name], NETWORK_GONE);
    },

    connectNetwork: async (network, id, wanted = {}) => {
      const {
        aliases = [],
        ip,
        ip6,
        linkLocalIps = [],
        links = [],
        mac,
        driverOpts = {},
        gwPriority,
      } = wanted;
      // The command has no word for a MAC address, and an older one none for the priority of a way out.
      if ((mac ?? gwPriority) !== undefined && (await connectByApi(network, id, wanted))) return;
      const options = [
        ...aliases.flatMap((alias) => ['--alias', alias]),
        ...(ip ? ['--ip', ip] : []),
        ...(ip6 ? ['--ip6', ip6] : []),
        ...linkLocalIps.flatMap((address) => ['--link-local-ip', address]),
        ...links.flatMap((link) => ['--link', link]),
        ...Object.entries(driverOpts).flatMap(([key, value]) => ['--driver-opt', `${key}=${value}`]),
      ];
      await attempt(['network', 'connect', ...options, network, id], CONNECTED);
    },

    disconnectNetwork: async (network, id, { force = false } = {}) => {
      await attempt(
        ['network', 'disconnect', ...(force ? ['--force'] : []), network, id],
        new RegExp(
          `is not connected to (?:the )?network|${NETWORK_GONE.source}|${CONTAINER_GONE.source}`,
          'i',
        ),
      );
    },
  };
}

/** Everything that `docker network inspect` printed, in its order. */
export function parseNetworks(stdout: string): NetworkDetails[] {
  return (JSON.parse(stdout || '[]') as RawNetwork[]).map(toNetwork);
}

function toNetwork(raw: RawNetwork): NetworkDetails {
  return {
    id: raw.Id,
    name: raw.Name,
    driver: raw.Driver,
    internal: raw.Internal,
    attachable: raw.Attachable ?? false,
    ipv6: raw.EnableIPv6,
    bridge: bridgeOf(raw),
    options: raw.Options ?? {},
    labels: raw.Labels ?? {},
    subnets: (raw.IPAM.Config ?? []).map((config) => ({
      subnet: config.Subnet,
      gateway: config.Gateway || null,
      ipRange: config.IPRange || null,
    })),
    containers: Object.entries(raw.Containers ?? {})
      .map(([id, endpoint]) => ({
        id,
        name: endpoint.Name,
        ipv4: withoutPrefixLength(endpoint.IPv4Address),
        ipv6: withoutPrefixLength(endpoint.IPv6Address),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** As the engine's bridge driver names its interfaces (`network_linux.go` in libnetwork's `drivers/bridge`). */
function bridgeOf({ Id, Driver, Options }: RawNetwork): string | null {
  if (Driver !== 'bridge') return null;
  return Options?.['com.docker.network.bridge.name'] || `br-${Id.slice(0, 12)}`;
}

function withoutPrefixLength(address: string): string | null {
  return address.split('/')[0] || null;
}
