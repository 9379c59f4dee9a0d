import { compose, service, type Files, type Row } from '../row';

/** Rows of the same seed are the same rows. Others, and more of them, show what nobody thought of. */
const SEED = Number(process.env['ITSUP_E2E_SEED'] ?? 20_261_129);
const COUNT = Number(process.env['ITSUP_E2E_GENERATED'] ?? 16);
const CHANGES = 3;
const HEALTHY = { test: ['CMD', 'true'], interval: '1s' };

type Random = () => number;
type Keys = Record<string, unknown>;
type Services = Record<string, Keys>;

/** Random projects: services, what they depend on and how, and edits of some of them. */
export const GENERATED: Row[] = Array.from({ length: COUNT }, (_, index) => generated(index));

function generated(index: number): Row {
  const random = randomOf(SEED + index);
  const names = ['a', 'b', 'c', 'd', 'e'].slice(0, 2 + Math.floor(random() * 4));
  const services: Services = {};
  for (const name of names) services[name] = randomService(random, services);
  const changes: Files[] = [];
  let current = services;
  for (let change = 0; change < CHANGES; change += 1) {
    current = edited(current, random);
    changes.push(project(current));
  }
  return {
    title: `generated ${index + 1}: ${names.length} services`,
    first: project(services),
    changes,
    intended: [
      'a service that the file names no more',
      'a service that depends on one that is made anew',
      'a service of which `depends_on` or `profiles` alone change',
      'a service that is to be restarted with another one',
      'a one-shot that ended well',
    ],
  };
}

function project(services: Services): Files {
  return compose(services, {
    volumes: { data: {} },
    networks: { back: {}, front: {} },
    configs: { page: { content: 'hello' } },
  });
}

function randomService(random: Random, earlier: Services): Keys {
  const names = Object.keys(earlier);
  const dependsOn = Object.fromEntries(
    names.filter(() => random() < 0.4).map((name) => [name, dependency(random, earlier[name] ?? {})]),
  );
  const common = {
    environment: { LEVEL: pick(random, ['info', 'debug', 'trace']) },
    ...(Object.keys(dependsOn).length > 0 && { depends_on: dependsOn }),
  };
  const kind = random();
  if (kind < 0.15) return service({ ...common, command: ['true'] });
  const hosts = names.filter((name) => mayBeJoined(earlier[name] ?? {}));
  if (kind < 0.25 && hosts.length > 0)
    return service({ ...common, ...joinedTo(random, pick(random, hosts)) });
  return service({
    ...common,
    ...(random() < 0.3 && { volumes: [pick(random, ['data:/data', './bound:/bound', '/anonymous'])] }),
    ...(random() < 0.4 && { networks: pick(random, [['back'], ['back', 'front'], ['default', 'front']]) }),
    ...(random() < 0.2 && { scale: 2 }),
    ...(random() < 0.4 && { healthcheck: HEALTHY }),
    ...(random() < 0.2 && { configs: ['page'] }),
  });
}

function isJob({ command }: Keys): boolean {
  return JSON.stringify(command) === '["true"]';
}

/** By another service, which uses its network, its processes or its volumes. */
function mayBeJoined(keys: Keys): boolean {
  return !isJob(keys) && keys['network_mode'] === undefined && keys['scale'] === undefined;
}

function joinedTo(random: Random, name: string): Keys {
  return pick(random, [
    { network_mode: `service:${name}` },
    { pid: `service:${name}` },
    { volumes_from: [name] },
  ]);
}

function dependency(random: Random, on: Keys): Keys {
  const conditions = isJob(on)
    ? ['service_completed_successfully']
    : ['service_started', ...(on['healthcheck'] === undefined ? [] : ['service_healthy'])];
  return { condition: pick(random, conditions), ...(!isJob(on) && random() < 0.2 && { restart: true }) };
}

/** One or two services with something else in them, one that comes, or one that goes. */
function edited(services: Services, random: Random): Services {
  const next = structuredClone(services);
  const event = random();
  if (event < 0.15) return { ...next, f: randomService(random, next) };
  if (event < 0.3) return withoutOne(next, random);
  for (let count = 1 + Math.floor(random() * 2); count > 0; count -= 1) {
    const one = next[pick(random, Object.keys(next))] ?? {};
    const edits: (() => void)[] = [
      () =>
        (one['environment'] = {
          LEVEL: pick(random, ['info', 'warn', 'error']),
          MORE: String(Math.floor(random() * 9)),
        }),
      () => (one['labels'] = { 'org.example.edit': String(Math.floor(random() * 9)) }),
      () => (one['tmpfs'] = ['/scratch']),
      () => (one['init'] = one['init'] !== true),
      () => (one['mem_limit'] = pick(random, ['64m', '96m'])),
      () => (one['working_dir'] = pick(random, ['/tmp', '/var'])),
      () => (one['depends_on'] = withoutRestart(one['depends_on'])),
      ...(isJob(one)
        ? []
        : [
            () => (one['command'] = ['sleep', String(1000 + Math.floor(random() * 1000))]),
            () => (one['restart'] = pick(random, ['always', 'unless-stopped'])),
          ]),
      ...(one['network_mode'] === undefined
        ? [
            () => (one['networks'] = pick(random, [['back'], ['front'], ['default', 'back']])),
            () => (one['extra_hosts'] = ['db.example:10.1.2.3']),
          ]
        : []),
    ];
    pick(random, edits)();
  }
  return next;
}

function withoutOne(services: Services, random: Random): Services {
  const name = pick(random, Object.keys(services));
  const others = Object.entries(services).filter(([other]) => other !== name);
  const isNeeded = others.some(([, keys]) =>
    JSON.stringify([keys['depends_on'], keys['network_mode'], keys['pid'], keys['volumes_from']]).includes(
      `${name}"`,
    ),
  );
  return isNeeded || others.length === 0 ? services : Object.fromEntries(others);
}

function withoutRestart(dependsOn: unknown): Keys {
  return Object.fromEntries(
    Object.entries((dependsOn ?? {}) as Record<string, Keys>).map(([name, { condition }]) => [
      name,
      { condition },
    ]),
  );
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
