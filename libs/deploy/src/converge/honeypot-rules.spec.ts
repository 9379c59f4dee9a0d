import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Docker, PacketChange, PacketFilterResult, PacketRule } from '@itsup/docker';

import { openState, type State } from '../state/state';
import { honeypotRules, settleHoneypotRules } from './honeypot-rules';

const proxynet = { dns: '172.20.0.253' };
let state: State;

beforeEach(async () => {
  state = openState(await mkdtemp(path.join(tmpdir(), 'itsup-honeypot-')));
});

afterEach(() => rm(state.dir, { recursive: true }));

/** An engine without a Traefik to act as root with. */
const noImages = {
  listContainers: () => Promise.resolve([]),
  inspectImages: () => Promise.resolve(new Map()),
};

/** A packet filter that holds the rules it is given. */
function host(present: PacketRule[]): { docker: Docker; rules: PacketRule[] } {
  const rules = [...present];
  const result: PacketFilterResult = {
    available: true,
    filter: {
      via: 'host',
      families: ['ipv4'],
      list: (prefix) => Promise.resolve(rules.filter(({ comment }) => comment.startsWith(prefix))),
      apply: (changes: PacketChange[]) => {
        for (const { operation, rule } of changes) {
          if (operation === 'delete') rules.splice(rules.indexOf(rule), 1);
          else rules.unshift(rule);
        }
        return Promise.resolve();
      },
    },
  };
  const docker = { ...noImages, packetFilter: () => Promise.resolve(result) };
  return { docker: docker as unknown as Docker, rules };
}

const foreign: PacketRule = {
  family: 'ipv4',
  table: 'filter',
  chain: 'DOCKER-USER',
  args: ['-j', 'RETURN'],
  comment: 'somebody else',
};

describe('the honeypot’s rules', () => {
  it('accept questions and answers over UDP and TCP, and keep the asker’s address', () => {
    expect(
      honeypotRules(proxynet).map(({ table, chain, comment }) => `${table} ${chain} ${comment}`),
    ).toEqual([
      'filter DOCKER-USER itsup:dns:ask:udp',
      'filter DOCKER-USER itsup:dns:answer:udp',
      'raw PREROUTING itsup:dns:ask-untracked:udp',
      'raw PREROUTING itsup:dns:answer-untracked:udp',
      'filter DOCKER-USER itsup:dns:ask:tcp',
      'filter DOCKER-USER itsup:dns:answer:tcp',
      'raw PREROUTING itsup:dns:ask-untracked:tcp',
      'raw PREROUTING itsup:dns:answer-untracked:tcp',
    ]);
  });

  it('are put back where a start of the host lost them, and are made once', async () => {
    const { docker, rules } = host([foreign, ...honeypotRules(proxynet).slice(0, 2)]);
    expect(await settleHoneypotRules(docker, state, true, proxynet)).toBeNull();
    expect(await settleHoneypotRules(docker, state, true, proxynet)).toBeNull();
    const names = rules.map(({ comment }) => comment).sort();
    expect(names).toEqual([...honeypotRules(proxynet).map(({ comment }) => comment), foreign.comment].sort());
  });

  it('follow the honeypot to another address', async () => {
    const { docker, rules } = host([foreign]);
    await settleHoneypotRules(docker, state, true, proxynet);
    await settleHoneypotRules(docker, state, true, { dns: '10.9.0.253' });
    expect(rules.filter(({ args }) => args.includes('172.20.0.253/32'))).toEqual([]);
    expect(rules).toHaveLength(1 + honeypotRules(proxynet).length);
  });

  it('go with the honeypot, and nobody else’s does', async () => {
    const { docker, rules } = host([foreign]);
    await settleHoneypotRules(docker, state, true, proxynet);
    expect(rules).toHaveLength(1 + honeypotRules(proxynet).length);
    await settleHoneypotRules(docker, state, false, proxynet);
    expect(rules).toEqual([foreign]);
  });

  it('are not looked for where no deploy made any', async () => {
    const packetFilter = jest.fn();
    const docker = { ...noImages, packetFilter } as unknown as Docker;
    expect(await settleHoneypotRules(docker, state, false, proxynet)).toBeNull();
    expect(packetFilter).not.toHaveBeenCalled();
  });

  it('are looked for again when they could not be taken away', async () => {
    const { docker, rules } = host([]);
    await settleHoneypotRules(docker, state, true, proxynet);
    const unreachable = { available: false, code: 'denied', reason: 'refused', help: '' };
    const denied = { ...noImages, packetFilter: () => Promise.resolve(unreachable) } as unknown as Docker;
    expect(await settleHoneypotRules(denied, state, false, proxynet)).toBeNull();
    await settleHoneypotRules(docker, state, false, proxynet);
    expect(rules).toEqual([]);
  });

  it('are told to be missing where the packet filter is out of reach', async () => {
    const result = { available: false, code: 'rootless', reason: 'The engine runs without root.', help: '' };
    const docker = { ...noImages, packetFilter: () => Promise.resolve(result) } as unknown as Docker;
    expect(await settleHoneypotRules(docker, state, true, proxynet)).toBe('The engine runs without root.');
  });
});
