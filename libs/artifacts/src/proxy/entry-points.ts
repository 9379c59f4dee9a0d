import { mappingOf } from '@itsup/config';
import { parse } from 'yaml';

export interface WrittenEntryPoint {
  /** As it is written. */
  name: string;
  /** Where it is in the file, key by key as they are written; null: it has no address. */
  path: string[] | null;
  address: string | null;
  hasHttp3: boolean;
}

/** The entry points of a static configuration. Traefik reads keys whatever their case. */
export function entryPointsIn(text: string): WrittenEntryPoint[] {
  return entriesOf(parse(text, { merge: true }), 'entryPoints').flatMap(([key, points]) =>
    Object.entries(mappingOf(points)).map(([name, point]) => {
      const [address] = entriesOf(point, 'address');
      return {
        name,
        path: address === undefined ? null : [key, name, address[0]],
        address: address === undefined ? null : String(address[1]),
        hasHttp3: entriesOf(point, 'http3').length > 0,
      };
    }),
  );
}

function entriesOf(value: unknown, key: string): [string, unknown][] {
  return Object.entries(mappingOf(value)).filter(([name]) => name.toLowerCase() === key.toLowerCase());
}
