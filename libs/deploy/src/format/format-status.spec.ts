import { formatStatus } from './format-status';
import type { StackStatus } from '../requests';

const NOW = Date.parse('2026-01-02T00:00:00Z');

function status(changes: Partial<StackStatus>): StackStatus {
  return {
    stack: 'blog',
    state: 'running',
    services: [],
    published: null,
    unserved: [],
    drift: [],
    packetFilter: null,
    stateFolder: null,
    certificates: null,
    maintenance: null,
    successor: null,
    lastDeploy: null,
    unfinished: null,
    lockedBy: null,
    ...changes,
  };
}

const CONTAINER: StackStatus['services'][number]['containers'][number] = {
  ...{ id: '1', name: 'blog-web-1', state: 'running', health: 'healthy', image: 'ghost:5' },
  ...{ status: 'Up About an hour (healthy)', unhealthySince: null },
};

const RECORD: NonNullable<StackStatus['lastDeploy']> = {
  ...{ id: '1', stack: 'blog', command: 'deploy', outcome: 'deployed', startedAt: '2026-01-01T21:00:00Z' },
  ...{ durationMs: 1, by: 'ann', commit: '0123456789abcdef0123456789abcdef01234567+edits' },
  ...{ services: [], steps: [], problems: [], restorable: true },
};

describe('formatStatus', () => {
  it('tells of a maintenance page, and of one that nobody sees', () => {
    const maintenance = { since: '2026-01-01T22:00:00Z', by: 'ann@box', isShown: true };
    expect(formatStatus([status({ maintenance })], NOW).replace(/\s+/g, ' ')).toContain(
      'visitors see its maintenance page, put up 2 h ago by ann@box; itsup maintenance blog off',
    );
    const text = formatStatus([status({ maintenance: { ...maintenance, isShown: false } })], NOW);
    expect(text.replace(/\s+[!]?\s*/g, ' ')).toContain('its container does not run');
  });

  it('shows how each stack is and its last deploy, then its services', () => {
    const text = formatStatus(
      [
        status({
          services: [
            { service: 'db', wanted: 1, containers: [] },
            {
              service: 'web',
              wanted: 2,
              containers: [
                CONTAINER,
                { ...CONTAINER, health: 'unhealthy', unhealthySince: '2026-01-01T23:56:00Z' },
              ],
            },
            {
              service: 'worker',
              wanted: null,
              containers: [
                { ...CONTAINER, state: 'exited', health: null, status: 'Exited (1) 5 minutes ago' },
              ],
            },
          ],
          lastDeploy: RECORD,
        }),
        status({ stack: 'nas', state: 'external', published: true }),
        status({ stack: 'new', state: 'absent' }),
      ],
      NOW,
    );
    expect(text.split('\n')).toEqual([
      'blog      running   deployed 3 h ago, 0123456+edits, by ann',
      '  db      0/1  absent',
      '  web     2/2  healthy, up 1 hour, unhealthy for 4 min  ghost:5',
      '  worker    0  exited (1) 5 minutes ago  ghost:5',
      'nas       external  its routes are published',
      'new       absent    never deployed',
    ]);
  });

  it('says why the last deploy failed, and that the stack is not as it should be', () => {
    const problems = [
      'https://blog.example.com/ is answered with 502: nothing answers at port 8081 of web of blog',
    ];
    const lines = formatStatus(
      [status({ lastDeploy: { ...RECORD, outcome: 'failed', problems } })],
      NOW,
    ).split('\n');
    expect(lines[0]).toBe('blog   degraded  failed 3 h ago, 0123456+edits, by ann');
    expect(lines.slice(1).join(' ').replace(/\s+/g, ' ')).toBe(` ! the last deploy: ${problems[0]}`);
  });

  it('fits 80 columns, whatever the names are', () => {
    const long = 'a-name-of-a-project-that-goes-on-and-on';
    const text = formatStatus(
      [
        status({
          stack: long,
          services: [
            {
              service: `${long}-service`,
              wanted: 12,
              containers: [
                { ...CONTAINER, image: `registry.example.com/${long}/${long}:1.22.333` },
                { ...CONTAINER, health: 'starting', status: 'Up 4 seconds (health: starting)' },
              ],
            },
          ],
          drift: [
            { kind: 'file', service: null, message: `projects/${long}/docker-compose.yml changed since` },
          ],
          lastDeploy: { ...RECORD, by: `${long}@${long}` },
        }),
      ],
      NOW,
    );
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toContain('1.22.333');
  });

  it('says what a person has to know', () => {
    const text = formatStatus(
      [
        status({ unfinished: 'killed at step 4' }),
        status({ stack: 'old', state: 'orphan', lockedBy: 'bob' }),
        status({ stack: 'proxy', stateFolder: 'another one' }),
      ],
      NOW,
    );
    expect(text).toContain('! killed at step 4; the next deploy finishes it');
    expect(text).toContain('! being deployed by bob');
    expect(text).toContain('! its folder is gone; itsup prune takes it down');
    expect(text).toContain('! another one');
  });

  it('tells of packet filter rules when something is wrong with them alone', () => {
    const rule = (name: string) => ({ name, family: 'ipv4', table: 'nat', chain: 'PREROUTING' });
    const of = (changes: Partial<StackStatus>): string =>
      formatStatus([status({ stack: 'proxy', ...changes })], NOW);
    const left = { rules: [rule('itsup:dns:raw'), rule('itsup:handover:redirect')], reason: null };
    expect(of({ packetFilter: { rules: [rule('itsup:dns:raw')], reason: null } })).not.toContain('packet');
    expect(of({ packetFilter: left })).toContain('packet filter rules of a hand-over are left');
    expect(of({ packetFilter: left, lockedBy: 'bob' })).not.toContain('packet');
    expect(of({ packetFilter: { rules: [], reason: 'not root' } })).toContain('are not known: not root');
  });

  it('says of a certificate what needs a person, and nothing of one that is well', () => {
    const wanted = { stack: 'blog', resolver: 'letsencrypt', names: ['blog.example.com'], place: null };
    const well = {
      state: 'there',
      issuer: "Let's Encrypt R11",
      begins: NOW,
      expires: NOW + 80 * 86_400_000,
    } as const;
    expect(formatStatus([status({ certificates: [{ wanted, standing: well }] })], NOW)).not.toContain(
      'example.com',
    );
    const late = { ...well, begins: NOW - 80 * 86_400_000, expires: NOW + 9.5 * 86_400_000 };
    expect(formatStatus([status({ certificates: [{ wanted, standing: late }] })], NOW)).toMatch(
      / {2}! blog\.example\.com: ends in 9 days and was not renewed/,
    );
    const refusal = {
      ...{
        names: wanted.names,
        resolver: 'letsencrypt',
        at: NOW - 300_000,
        reason: 'no such host (dns)',
        culprits: [],
      },
      ...{
        isVerdict: true,
        notBefore: null,
        lookups: {},
        asked: true,
        standIn: { certificate: '', key: '' },
      },
    };
    const refused = { state: 'refused', refusal } as const;
    expect(formatStatus([status({ certificates: [{ wanted, standing: refused }] })], NOW)).toMatch(
      / {2}! blog\.example\.com: refused 5 min ago: no such host \(dns\)\n[^]*itsup\s+certificates\s+retry\s+blog\.example\.com$/,
    );
  });
});
