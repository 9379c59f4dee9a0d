import type { DeployRecord } from '../requests';
import { formatHistory } from './format-history';

const record = (change: Partial<DeployRecord>): DeployRecord => ({
  ...{ id: '20260102T030405678Z', stack: 'blog', command: 'deploy', outcome: 'deployed' },
  ...{ startedAt: '2026-01-02T03:04:05.678Z', durationMs: 12_300, by: 'ann@host', restorable: true },
  ...{ commit: '0123456789abcdef0123456789abcdef01234567+edits', problems: [] },
  services: [
    { service: 'db', action: 'none', reasons: [] },
    { service: 'web', action: 'rollout', reasons: ['image ghost:5 → 6', 'environment LEVEL'] },
  ],
  steps: [
    { step: 'pull', ms: 3_100 },
    { step: 'record', ms: 12 },
    { step: 'await-ready', ms: 700 },
  ],
  ...change,
});

describe('formatHistory', () => {
  it('says when, why, how long, from which commit, and what went wrong', () => {
    const failed = record({
      ...{ id: '20260103T000000000Z', outcome: 'failed', restorable: false, services: [], steps: [] },
      problems: [
        'https://blog.example.com/ is answered with 502: nothing answers at port 8081 of web of blog',
      ],
    });
    const text = formatHistory([failed, record({})], '20260102T030405678Z');
    expect(text.split('\n')).toEqual([
      '20260103T000000000Z, nothing to go back to',
      '  deploy: failed, 2026-01-02 03:04 UTC, took 12 s, 0123456+edits, by ann@host',
      '  error: https://blog.example.com/ is answered with 502: nothing answers at port',
      '         8081 of web of blog',
      '',
      '20260102T030405678Z, runs now',
      '  deploy: deployed, 2026-01-02 03:04 UTC, took 12 s, 0123456+edits, by ann@host',
      '  web: rollout, image ghost:5 → 6, environment LEVEL',
      '  steps: pull 3.1 s, await-ready 0.7 s',
    ]);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('says how things were with the certificates, in the authority’s words', () => {
    const certificates = [
      'blog.example.com: refused just now: 192.0.2.1: connection refused (connection)',
      'www.example.com: by Let’s Encrypt R11, 89 days left',
    ];
    expect(
      formatHistory([record({ certificates, steps: [] })], null)
        .split('\n')
        .slice(-3),
    ).toEqual([
      '  certificate of blog.example.com: refused just now: 192.0.2.1: connection',
      '                 refused (connection)',
      '  certificate of www.example.com: by Let’s Encrypt R11, 89 days left',
    ]);
  });
});
