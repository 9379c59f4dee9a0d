import { endpointSettings, keptEndpoint, type RawEndpoint } from '../network/kept-endpoint';
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
    Networks: Record<string, RawEndpoint> | null;
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
  networks: ({ name: string } & EndpointOptions)[];
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
  const firstEndpoint = first === undefined ? {} : keptEndpoint(first[1], raw.Id);
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
          // Engines before 25 take it from here.
          ...(firstEndpoint.mac && { MacAddress: firstEndpoint.mac }),
          NetworkingConfig: {
            EndpointsConfig: { [first[0]]: endpointSettings(firstEndpoint) },
          },
        }),
    },
    networks: isShared ? [] : others.map(([name, endpoint]) => ({ name, ...keptEndpoint(endpoint, raw.Id) })),
  };
}
