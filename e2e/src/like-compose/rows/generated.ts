import { compose, service, type Files, type Row } from '../row';

/** Rows of the same seed are the same rows. */
const SEED = 20_261_129;
const COUNT = 16;

type Random = () => number;
type Services = Record<string, Record<string, unknown>>;

/** Random projects: services, what they depend on and how, and edits of some of them. */
export const GENERATED: Row[] = Array.from({ length: COUNT }, (_, index) => generated(index));

function generated(index: number): Row {
  const random = randomOf(SEED + index);
  const names = ['a', 'b', 'c', 'd', 'e'].slice(0, 2 + Math.floor(random() * 4));
  const services: Services = {};
  for (const name of names) services[name] = randomService(random, Object.keys(services));
  const changes: Files[] = [];
  let current = services;
  for (let change = 0; change < 2; change += 1) {
    current = edited(current, random);
    changes.push(project(current));
  }
  return {
    title: `generated ${index + 1}: ${names.length} services`,
    first: project(services),
    changes,
    intended: ['a service that depends on one that is made anew'],
  };
}

function project(services: Services): Files {
  return compose(services, { volumes: { data: {} }, networks: { back: {}, front: {} } });
}

function randomService(random: Random, earlier: string[]): Record<string, unknown> {
  const dependsOn = Object.fromEntries(
    earlier.filter(() => random() < 0.4).map((name) => [name, { condition: 'service_started' }]),
  );
  return service({
    environment: { LEVEL: pick(random, ['info', 'debug', 'trace']) },
    ...(random() < 0.3 && { volumes: [pick(random, ['data:/data', './bound:/bound', '/anonymous'])] }),
    ...(random() < 0.4 && { networks: pick(random, [['back'], ['back', 'front'], ['default', 'front']]) }),
    ...(random() < 0.2 && { scale: 2 }),
    ...(random() < 0.3 && { healthcheck: { test: ['CMD', 'true'], interval: '1s' } }),
    ...(Object.keys(dependsOn).length > 0 && { depends_on: dependsOn }),
  });
}

/** One or two services with something else in them. */
function edited(services: Services, random: Random): Services {
  const next = structuredClone(services);
  for (let count = 1 + Math.floor(random() * 2); count > 0; count -= 1) {
    const one = next[pick(random, Object.keys(next))] ?? {};
    const edits: (() => void)[] = [
      () =>
        (one['environment'] = {
          LEVEL: pick(random, ['info', 'warn', 'error']),
          MORE: String(Math.floor(random() * 9)),
        }),
      () => (one['command'] = ['sleep', String(1000 + Math.floor(random() * 1000))]),
      () => (one['labels'] = { 'org.example.edit': String(Math.floor(random() * 9)) }),
      () => (one['tmpfs'] = ['/scratch']),
      () => (one['restart'] = pick(random, ['always', 'unless-stopped'])),
    ];
    pick(random, edits)();
  }
  return next;
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** Mulberry32: small, and the same everywhere. */
function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
