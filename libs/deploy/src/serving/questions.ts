import { isIP } from 'node:net';

import type { Place } from '@itsup/config';
import { isRedirect, requestsFor, type Route, type TraefikRouter } from '@itsup/routing';
import type { StaticEntryPoint } from '@itsup/traefik';

/** One way to ask for a row as a client would, by way of the running Traefik. */
export interface RowQuestion {
  /** As a person would type it. */
  text: string;
  place: Place;
  /** tcp: whether the port takes a connection is all that can be asked. */
  kind: 'http' | 'tcp';
  address: string;
  port: number;
  tls: boolean;
  /** For the Host header and SNI; null: a connection alone, or a rule that takes every name. */
  host: string | null;
  path: string;
}

/** The entry points of a route's own router that Traefik does not have, and how to ask at those that it has. */
export interface RouteQuestions {
  missing: string[];
  questions: RowQuestion[];
}

type QuestionedRoute = Pick<Route, 'kind' | 'place' | 'routers'>;

/** Names and paths of one row are asked for one by one, up to so many. */
const MOST = 8;

/**
 * How to ask for a row. Pure. A datagram that nobody answers says nothing, and neither does a rule that no request is
 * known for: these are left to what Traefik says of the router.
 */
export function questionsOf(
  route: QuestionedRoute,
  entryPoints: readonly StaticEntryPoint[],
): RouteQuestions {
  const found: RouteQuestions = { missing: [], questions: [] };
  for (const router of Object.values(route.routers)) {
    if (isRedirect(router)) continue;
    for (const name of router.entryPoints) {
      const point = entryPoints.find((each) => each.name === name);
      if (point === undefined) found.missing.push(name);
      else found.questions.push(...ask(route, router, point));
    }
  }
  return found;
}

function ask(route: QuestionedRoute, router: TraefikRouter, point: StaticEntryPoint): RowQuestion[] {
  if (point.protocol === 'udp') return [];
  const at = { place: route.place, address: addressOf(point), port: point.port };
  const tls = router.tls !== undefined;
  if (route.kind !== 'http' || router.tls?.passthrough === true)
    return [{ ...at, text: `tcp port ${point.port}`, kind: 'tcp', tls: false, host: null, path: '/' }];
  const port = point.port === (tls ? 443 : 80) ? '' : `:${point.port}`;
  return requestsFor(router.rule ?? '')
    .slice(0, MOST)
    .map(({ host, path }) => {
      const named = host ?? (at.address.includes(':') ? `[${at.address}]` : at.address);
      const text = `${tls ? 'https' : 'http'}://${named}${port}${path}`;
      return { ...at, text, kind: 'http', tls, host, path };
    });
}

function addressOf({ host }: StaticEntryPoint): string {
  return isIP(host) === 0 || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
