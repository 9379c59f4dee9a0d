import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { FoundRule, NetworkDetails, PacketChange, PacketFilterResult, PacketRule } from '@itsup/docker';

import { proxynetOf } from '@itsup/routing';

import { openState, type State } from '../../state/state';
import { honeypotBridges, honeypotRules } from './rules';
import { keepHoneypotRules } from './keep-rules';
import { applyHoneypotRules, type HoneypotEngine } from './apply-rules';

const SETTINGS = { dns: { enabled: true, resolvers: [] }, proxynet: { subnet: '172.20.0.0/16' } };
const proxynet = proxynetOf(SETTINGS);
let state: State;

beforeEach(async () => {
  state = openState(await mkdtemp(path.join(tmpdir(), 'itsup-honeypot-')));
});

afterEach(() => rm(state.dir, { recursive: true }));

const network = (name: string, change: Partial<NetworkDetails> = {}): NetworkDetails => ({
  ...{
    id: name,
    name,
    driver: 'bridge',
    internal: false,
    attachable: false,
    options: {},
    ipv6: false,
    bridge: `br-${name}`,
  },
  ...{ labels: {}, subnets: [], containers: [] },
  ...change,
});

const NETWORKS = [
  network('bridge', { bridge: 'docker0' }),
  network('proxynet', { internal: true }),
  network('proxy_default', { labels: { 'com.docker.compose.project': 'proxy' } }),
  network('shop_default'),
  network('shop_back', { internal: true }),
  network('blog_default', { bridge: 'blog0' }),
  network('host', { driver: 'host', bridge: null }),
];

const RULES = honeypotRules(honeypotBridges(NETWORKS), proxynet);

/** An engine with these networks, and a packet filter that holds the rules it is given. */
function host(present: PacketRule[], networks = NETWORKS) {
  const chains = new Map<string, PacketRule[]>();
  const chainOf = ({ table, chain }: PacketRule): PacketRule[] => {
    const key = `${table} ${chain}`;
    const rules = chains.get(key) ?? [];
    chains.set(key, rules);
    return rules;
  };
  for (const rule of present) chainOf(rule).push(rule);
  const applied: PacketChange[][] = [];
  const isOurs = ({ comment }: PacketRule): boolean => comment.startsWith('itsup:');
  const result: PacketFilterResult = {
    available: true,
    filter: {
      via: 'host',
      families: ['ipv4'],
      list: (prefix) =>
        Promise.resolve(
          [...chains.values()].flatMap((rules) =>
            rules
              .map((rule, index): FoundRule => ({
                ...rule,
                isBehindOthers: rules.slice(0, index).some((one) => !isOurs(one)),
              }))
              .filter(({ comment }) => comment.startsWith(prefix)),
          ),
        ),
      apply: (changes) => {
        applied.push(changes);
        for (const { operation, rule } of changes) {
          const rules = chainOf(rule);
          const at = rules.findIndex(({ comment }) => comment === rule.comment);
          if (operation === 'delete') rules.splice(at, 1);
          else if (operation === 'append') rules.push(rule);
          else rules.unshift(rule);
        }
        return Promise.resolve();
      },
    },
  };
  const docker: HoneypotEngine = {
    listContainers: () => Promise.resolve([]),
    inspectImages: () => Promise.resolve(new Map()),
    listNetworks: () => Promise.resolve(networks),
    inspectNetworks: (ids) => Promise.resolve(networks.filter(({ id }) => ids.includes(id))),
    packetFilter: () => Promise.resolve(result),
  };
  const names = (): string[] =>
    [...chains].flatMap(([chain, rules]) => rules.map(({ comment }) => `${chain} ${comment}`));
  return { docker, names, applied };
}

const foreign = (chain: string, table: PacketRule['table'] = 'filter'): PacketRule => ({
  ...{ family: 'ipv4', table, chain, args: ['-j', 'DROP'], comment: 'somebody else' },
});

describe('the honeypot’s rules', () => {
  it('let the bridges of networks with a way out ask it, each by its name, and nobody else', () => {
    expect(honeypotBridges(NETWORKS)).toEqual({
      proxynet: 'br-proxynet',
      own: ['br-proxy_default', 'br-proxynet'],
      askers: ['blog0', 'br-proxy_default', 'br-shop_default'],
    });
    // What raw has let through of the answers has come by an interface of the honeypot's.
    const accepted = RULES.filter(
      ({ args, comment }) => args.includes('ACCEPT') && !comment.includes(':to:'),
    );
    expect(accepted.every(({ args }) => args.includes('-i'))).toBe(true);
    expect(RULES.flatMap(({ args }) => args)).not.toContain('br-shop_back');
  });

  it('leave questions and answers untracked before they accept any, in both tables that an engine drops in', () => {
    expect(RULES.map(({ table, chain, comment }) => `${table} ${chain} ${comment}`)).toEqual([
      'raw ITSUP-DNS itsup:dns:untracked',
      'raw ITSUP-DNS itsup:dns:answers:br-proxy_default',
      'raw ITSUP-DNS itsup:dns:answers:br-proxynet',
      'raw ITSUP-DNS itsup:dns:forged',
      'raw ITSUP-DNS itsup:dns:from:blog0',
      'raw ITSUP-DNS itsup:dns:from:br-proxy_default',
      'raw ITSUP-DNS itsup:dns:from:br-shop_default',
      'raw PREROUTING itsup:dns:ask:udp',
      'raw PREROUTING itsup:dns:answer:udp',
      'raw PREROUTING itsup:dns:ask:tcp',
      'raw PREROUTING itsup:dns:answer:tcp',
      'filter ITSUP-DNS itsup:dns:from:blog0',
      'filter ITSUP-DNS itsup:dns:to:blog0',
      'filter ITSUP-DNS itsup:dns:from:br-proxy_default',
      'filter ITSUP-DNS itsup:dns:to:br-proxy_default',
      'filter ITSUP-DNS itsup:dns:from:br-shop_default',
      'filter ITSUP-DNS itsup:dns:to:br-shop_default',
      'filter FORWARD itsup:dns:ask:udp',
      'filter FORWARD itsup:dns:answer:udp',
      'filter FORWARD itsup:dns:ask:tcp',
      'filter FORWARD itsup:dns:answer:tcp',
    ]);
  });

  it('are put back where a start of the host lost them, and are made once', async () => {
    const { docker, names, applied } = host([foreign('FORWARD'), ...RULES.slice(0, 6)]);
    expect(await applyHoneypotRules(docker, state, true, proxynet)).toBeNull();
    const after = names();
    expect(await applyHoneypotRules(docker, state, true, proxynet)).toBeNull();
    expect(names()).toEqual(after);
    expect(applied).toHaveLength(1);
    expect(after).toHaveLength(RULES.length + 1);
    expect(after.filter((name) => name.startsWith('filter FORWARD')).at(-1)).toContain('somebody else');
  });

  it('come first again where the engine has put its own before them, and stay otherwise', async () => {
    const { docker, names } = host([...[foreign('PREROUTING', 'raw'), foreign('FORWARD')], ...RULES]);
    await applyHoneypotRules(docker, state, true, proxynet);
    expect(
      names()
        .filter((name) => name.startsWith('filter FORWARD'))
        .at(-1),
    ).toContain('somebody else');
    expect(
      names()
        .filter((name) => name.startsWith('raw PREROUTING'))
        .at(-1),
    ).toContain('somebody else');
  });

  it('follow the networks, in an order that accepts nothing tracked', async () => {
    const { docker, names } = host(
      honeypotRules(honeypotBridges([...NETWORKS, network('gone'), network('zoo_default')]), proxynet),
      [...NETWORKS, network('abc_default')],
    );
    await applyHoneypotRules(docker, state, true, proxynet);
    expect(names().filter((name) => name.startsWith('raw ITSUP-DNS'))).toEqual([
      'raw ITSUP-DNS itsup:dns:untracked',
      'raw ITSUP-DNS itsup:dns:answers:br-proxy_default',
      'raw ITSUP-DNS itsup:dns:answers:br-proxynet',
      'raw ITSUP-DNS itsup:dns:forged',
      'raw ITSUP-DNS itsup:dns:from:blog0',
      'raw ITSUP-DNS itsup:dns:from:br-abc_default',
      'raw ITSUP-DNS itsup:dns:from:br-proxy_default',
      'raw ITSUP-DNS itsup:dns:from:br-shop_default',
    ]);
  });

  it('replace those of an earlier version, which let every bridge ask', async () => {
    const old: PacketRule = {
      ...{ family: 'ipv4', table: 'filter', chain: 'DOCKER-USER', comment: 'itsup:dns:ask:udp' },
      args: ['-d', '172.20.0.253/32', '-i', 'br-+', '-j', 'ACCEPT'],
    };
    const { docker, names } = host([old]);
    await applyHoneypotRules(docker, state, true, proxynet);
    expect(names().filter((name) => name.includes('DOCKER-USER'))).toEqual([]);
  });

  it('follow the honeypot to another address', async () => {
    const { docker, names, applied } = host(RULES);
    await applyHoneypotRules(docker, state, true, { dns: '10.9.0.253' });
    expect(names()).toHaveLength(RULES.length);
    const made = applied.flat().filter(({ operation }) => operation !== 'delete');
    expect(made.flatMap(({ rule }) => rule.args)).not.toContain('172.20.0.253/32');
    expect(made).toHaveLength(RULES.length);
  });

  it('go with the honeypot, what leads to their chain first, and nobody else’s does', async () => {
    const { docker, names, applied } = host([foreign('FORWARD')]);
    await applyHoneypotRules(docker, state, true, proxynet);
    await applyHoneypotRules(docker, state, false, proxynet);
    expect(names()).toEqual(['filter FORWARD somebody else']);
    const order = applied.at(-1)?.map(({ rule }) => rule.chain) ?? [];
    expect(order.lastIndexOf('FORWARD')).toBeLessThan(order.indexOf('ITSUP-DNS'));
  });

  it('are none while there is no proxynet', async () => {
    const { docker, names } = host([], [network('shop_default')]);
    expect(await applyHoneypotRules(docker, state, true, proxynet)).toBeNull();
    expect(names()).toEqual([]);
  });

  it('are not looked for where no deploy made any', async () => {
    const packetFilter = jest.fn();
    const docker = { ...host([]).docker, packetFilter };
    expect(await applyHoneypotRules(docker, state, false, proxynet)).toBeNull();
    expect(packetFilter).not.toHaveBeenCalled();
  });

  it('are looked for again when they could not be taken away', async () => {
    const { docker, names } = host([]);
    await applyHoneypotRules(docker, state, true, proxynet);
    const unreachable = { available: false as const, code: 'denied' as const, reason: 'refused', help: '' };
    const denied = { ...docker, packetFilter: () => Promise.resolve(unreachable) };
    expect(await applyHoneypotRules(denied, state, false, proxynet)).toBeNull();
    await applyHoneypotRules(docker, state, false, proxynet);
    expect(names()).toEqual([]);
  });

  it('are told to be missing where the packet filter is out of reach', async () => {
    const reason = 'The engine runs without root.';
    const result = { available: false as const, code: 'rootless' as const, reason, help: '' };
    const docker = { ...host([]).docker, packetFilter: () => Promise.resolve(result) };
    expect(await applyHoneypotRules(docker, state, true, proxynet)).toBe('The engine runs without root.');
  });

  it('are settled once more for a network that comes while they are being settled, and not once for each', async () => {
    const { docker } = host([]);
    const list = jest.spyOn(docker, 'listNetworks');
    const rules = keepHoneypotRules({ docker, state }, SETTINGS);
    expect(await rules.applied()).toBeNull();
    expect(list).not.toHaveBeenCalled();
    // The first is settled at once; those that come meanwhile, together.
    for (let network = 0; network < 5; network += 1) rules.touch();
    await rules.applied();
    expect(list).toHaveBeenCalledTimes(2);
    rules.touch();
    await rules.applied();
    expect(list).toHaveBeenCalledTimes(3);
  });
});
