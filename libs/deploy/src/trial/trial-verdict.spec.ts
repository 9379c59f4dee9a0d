import { trialVerdict } from './trial-verdict';

const line = (fields: Record<string, string>): string => JSON.stringify({ level: 'error', ...fields });
const end = line({
  routerName: 'trial~end@file',
  error: 'the UDP service "trial~end~nowhere@file" does not exist',
});

describe('trialVerdict', () => {
  it('waits for the last router', () => {
    expect(trialVerdict(line({ level: 'info', message: 'Starting provider *file.Provider' })).complete).toBe(
      false,
    );
    expect(trialVerdict(end)).toEqual({ complete: true, faults: [] });
  });

  it('names the object that a router of its own led to, once', () => {
    const fault = line({ routerName: 'trial~http.middlewares.bad@file', error: 'cannot parse CIDRs' });
    expect(trialVerdict([fault, fault, end].join('\n')).faults).toEqual([
      { reason: 'cannot parse CIDRs', object: 'http.middlewares.bad' },
    ]);
  });

  it('names the file that cannot be read, behind which nothing comes', () => {
    const error = 'collecting file configs: /trial/dynamic/middlewares.yml: field not found, node: basicAuht';
    expect(trialVerdict(line({ error, message: 'Cannot start the provider *file.Provider' }))).toEqual({
      complete: true,
      faults: [{ file: 'middlewares.yml', reason: 'field not found, node: basicAuht' }],
    });
  });

  it('understands a Traefik that does not start', () => {
    expect(trialVerdict('2026/11/29 20:00:00 command traefik error: field not found, node: levle')).toEqual({
      complete: true,
      faults: [{ file: 'traefik.yml', reason: 'field not found, node: levle' }],
    });
  });

  it('blames no file for what the trial has not got', () => {
    const lines = [
      line({ routerName: 'blog@file', message: 'Router uses a nonexistent certificate resolver' }),
      line({ routerName: 'blog@file', error: 'plugin: unknown plugin type: crowdsec' }),
      line({ message: 'Error appending dashboard to API router', error: 'parsing index template' }),
      line({ message: 'anything else', error: 'no route to host' }),
    ];
    expect(trialVerdict([...lines, end].join('\n')).faults).toEqual([]);
  });
});
