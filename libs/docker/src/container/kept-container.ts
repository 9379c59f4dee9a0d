import type { EndpointOptions } from '../network/network';
import type { WrittenFile } from './written-files';

/** What `docker container inspect` prints of a container, as far as making it again needs it. */
export interface RawKept {
  Id: string;
  Name: string;
  /** Id of the image. */
  Image: string;
  Config: Record<string, unknown> & { Image: string; Hostname?: string };
  HostConfig: Record<string, unknown> & {
    NetworkMode: string;
    Binds?: string[] | null;
    Mounts?: { Type?: string; Source?: string; Target: string }[] | null;
  };
  Mounts: { Type: string; Name?: string; Destination: string; RW: boolean }[] | null;
  NetworkSettings: {
    Networks: Record<
      string,
      {
        Aliases?: string[] | null;
        Links?: string[] | null;
        DriverOpts?: Record<string, string> | null;
        IPAMConfig?: { IPv4Address?: string; IPv6Address?: string; LinkLocalIPs?: string[] | null } | null;
      }
    > | null;
  };
}

/** A container as it was, to be made again should what replaces it not start. Holds the values of its environment. */
export interface KeptContainer {
  id: string;
  imageId: string;
  name: string;
  /** For the engine's `POST /containers/create`. */
  body: Record<string, unknown>;
  /** Networks that are joined before the start, beside the first. */
  networks: ({ name: string; aliases: string[] } & Omit<EndpointOptions, 'aliases'>)[];
  /** What it gets before its start. */
  written?: WrittenFile[];
  /** Paths of files that were asked for and could not be kept. */
  lost?: string[];
}

/**
 * What makes the same container again: the same image by its id, the same anonymous volumes by their names. What was
 * written into the container itself is gone, as with every recreation, but for the files that are kept beside it.
 * Source of the fields: the engine's API, `ContainerCreate` and `ContainerInspect`.
 * @param isNamed the image's reference still names the image
 */
export function keptContainer(raw: RawKept, isNamed: boolean): KeptContainer {
  const { Config: config, HostConfig: host } = raw;
  const { Hostname: hostname, MacAddress: _mac, ...rest } = config;
  const isShared = /^(?:container:|host$|none$)/.test(host.NetworkMode);
  // With another one's network it shows that one's name, which the engine does not take back.
  const isOwnName = hostname !== undefined && !isShared && !raw.Id.startsWith(hostname);
  // An anonymous volume has no source there: it gets the name that the engine gave it.
  const mounts = (host.Mounts ?? []).map((mount) => {
    const made = raw.Mounts?.find(
      ({ Type, Destination }) => Type === 'volume' && Destination === mount.Target,
    );
    return (mount.Source ?? '') === '' && made?.Name !== undefined ? { ...mount, Source: made.Name } : mount;
  });
  const placed = new Set([
    ...(host.Binds ?? []).map((bind) => bind.split(':')[1]),
    ...mounts.map(({ Target }) => Target),
  ]);
  const anonymous = (raw.Mounts ?? []).filter(
    ({ Type, Name, Destination }) => Type === 'volume' && Name !== undefined && !placed.has(Destination),
  );
  const endpoints = Object.entries(raw.NetworkSettings.Networks ?? {});
  const [first, ...others] = [
    ...endpoints.filter(([name]) => name === host.NetworkMode),
    ...endpoints.filter(([name]) => name !== host.NetworkMode),
  ];
  return {
    id: raw.Id,
    imageId: raw.Image,
    name: raw.Name.replace(/^\//, ''),
    body: {
      ...rest,
      ...(isOwnName && { Hostname: hostname }),
      Image: isNamed ? config.Image : raw.Image,
      HostConfig: {
        ...host,
        ...(host.Mounts && { Mounts: mounts }),
        Binds: [
          ...(host.Binds ?? []),
          ...anonymous.map(({ Name, Destination, RW }) => `${Name ?? ''}:${Destination}${RW ? '' : ':ro'}`),
        ],
      },
      ...(!isShared &&
        first && {
          NetworkingConfig: {
            EndpointsConfig: {
              [first[0]]: {
                Aliases: aliasesOf(raw, first[1].Aliases),
                ...(first[1].Links && { Links: first[1].Links }),
                ...(first[1].DriverOpts && { DriverOpts: first[1].DriverOpts }),
                ...(first[1].IPAMConfig && { IPAMConfig: first[1].IPAMConfig }),
              },
            },
          },
        }),
    },
    networks: isShared
      ? []
      : others.map(([name, { Aliases, IPAMConfig, Links }]) => ({
          name,
          aliases: aliasesOf(raw, Aliases),
          ...(IPAMConfig?.IPv4Address && { ip: IPAMConfig.IPv4Address }),
          ...(IPAMConfig?.IPv6Address && { ip6: IPAMConfig.IPv6Address }),
          ...(IPAMConfig?.LinkLocalIPs?.length && { linkLocalIps: IPAMConfig.LinkLocalIPs }),
          ...(Links?.length && { links: Links }),
        })),
  };
}

/** The engine adds the short id, which the new one will not have. */
function aliasesOf({ Id }: RawKept, aliases: readonly string[] | null | undefined): string[] {
  return (aliases ?? []).filter((alias) => !Id.startsWith(alias));
}
