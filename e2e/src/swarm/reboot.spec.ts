import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { describeOnOwnSwarm } from '../harness/engine/describe-with';
import { NODE, PROXY_IMAGES } from '../harness/engine/images';
import { restartEngine } from '../harness/engine/own-engine';
import { eventually } from '../harness/eventually';
import { output, succeeded } from '../harness/run';
import { http } from '../harness/traffic/clients';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { DAEMON } from '../load';
import { signalAtStep } from '../load/signal-at-step';
import { containersOfService, DEPLOY_MS, endSwarm, makeSwarm } from './own-swarm';

const SERVER = `
require('http').createServer((q, a) => a.end(process.env.VERSION)).listen(8080, () =>
  require('fs').writeFileSync('/tmp/up', ''));
`;

describeOnOwnSwarm([NODE, ...PROXY_IMAGES], 'a machine that starts anew in the middle of a bridge', () => {
  let workspace: TestWorkspace;
  let app: string;

  beforeAll(async () => {
    workspace = await createWorkspace({ settings: { engine: 'swarm' } });
    app = workspace.name('app');
    await makeSwarm(workspace);
    await write('first');
    succeeded(await workspace.itsup(['deploy'], { timeoutMs: DEPLOY_MS }));
    await eventually(async () => expect(await page()).toBe('200 first'));
  });
  afterAll(async () => {
    await workspace?.nx(['daemon', '--stop'], { env: DAEMON });
    await workspace?.itsup(['down', app]);
    await workspace?.dispose();
    await endSwarm();
  });

  async function write(version: string): Promise<void> {
    const web = {
      ...{ image: NODE, init: true, restart: 'always', command: ['node', '-e', SERVER], scale: 2 },
      ...{ environment: { VERSION: version }, stop_grace_period: '1s' },
      healthcheck: { test: ['CMD', 'test', '-e', '/tmp/up'], interval: '4s', timeout: '60s', retries: 10 },
    };
    await workspace.write(`projects/${app}/docker-compose.yml`, stringify({ services: { web } }));
    const ingress = [{ service: 'web', domain: 'app.localhost', port: 8080 }];
    await workspace.write(`projects/${app}/ingress.yml`, stringify({ ingress }));
  }

  const page = async (): Promise<string> => {
    const { status, body } = await http({
      ...{ port: workspace.ports.webSecure, tls: true, host: 'app.localhost' },
    });
    return `${status} ${body}`;
  };

  it.each(['switch', 'stop-old', 'unpin'])(
    'killed at %s with the deploy, it serves after the next one, and nothing of the bridge is left',
    async (step) => {
      await write(`at ${step}`);
      expect(await signalAtStep(workspace, app, step, 'SIGKILL')).toMatchObject({ killedBy: 'SIGKILL' });
      await restartEngine(1000);
      // Traefik and the swarm's manager are back before the next deploy, as they are once a machine is up.
      await eventually(() => output('docker', ['node', 'ls', '--quiet']), { timeoutMs: 120_000 });
      succeeded(await workspace.itsup(['deploy'], { timeoutMs: DEPLOY_MS, env: DAEMON }));
      await eventually(async () => expect(await page()).toBe(`200 at ${step}`), { timeoutMs: 30_000 });
      expect(await output('docker', ['service', 'ls', '--format', '{{.Name}}'])).toBe(`${app}_web`);
      expect(await containersOfService(app, 'web')).toHaveLength(2);
      const files = await readdir(join(workspace.state, 'traefik/dynamic'));
      expect(files.filter((name) => name.startsWith('rollout-'))).toEqual([]);
    },
  );
});
