import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { crowdsecPlugin } from '@itsup/artifacts';

import { updateImages } from '../commands/lock-images';
import { WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { zipOf } from '../testing/zip-of';
import { deployStacks } from '../commands/deploy/deploy-stacks';
import type { StackOutcome } from '../requests';
import { planStacks } from '../commands/plan/plan-stacks';

const REFERENCE = 'github.com/maxlerebourg/crowdsec-bouncer-traefik-plugin';

let simulated: SimulatedWorkspace;
let server: Server;
let source: string | null;
beforeEach(async () => {
  source = 'package one';
  server = createServer((_, response) => {
    if (source === null) response.writeHead(503).end();
    else
      response.end(
        zipOf([
          { path: 'top/.traefik.yml', content: 'type: middleware\n' },
          { path: 'top/bouncer.go', content: source },
        ]),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: WEB });
  const { settings } = simulated;
  simulated.settings = { ...settings, crowdsec: { ...settings.crowdsec, enabled: true } };
  const folder = path.join(simulated.root, 'state', kept());
  const mount = {
    type: 'bind' as const,
    source: folder,
    target: `/plugins-local/src/${REFERENCE}`,
    read_only: true,
  };
  simulated.setProxy({ dns: { ...WEB, image: 'dns:1', volumes: [mount] } });
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await simulated.dispose();
});

const kept = (): string => `plugins/crowdsec-${simulated.settings.versions.crowdsecPlugin}`;
const reference = (): string => `${REFERENCE}@${simulated.settings.versions.crowdsecPlugin}`;
const lockFile = (): string => path.join(simulated.root, 'projects/images.lock.yml');
const context = () => {
  const { port } = server.address() as AddressInfo;
  return simulated.context({ env: { ITSUP_PLUGIN_REGISTRY: `http://127.0.0.1:${port}/public/` } });
};
const request = () => ({ workspace: simulated.workspace(), stacks: ['proxy', 'shop'] });

async function deploy(): Promise<Record<string, StackOutcome>> {
  const { outcomes } = await deployStacks(context(), request());
  return Object.fromEntries(outcomes.map((outcome) => [outcome.stack, outcome]));
}

it('keeps the plugin, records its hash, and needs no registry from then on', async () => {
  const planned = await planStacks(context(), request());
  expect(planned.problems.map(({ message }) => message)).toContain(
    `a deploy of the proxy fetches Traefik's plugin ${reference()}`,
  );
  expect(existsSync(path.join(simulated.root, 'state', kept()))).toBe(false);
  expect(await deploy()).toMatchObject({ proxy: { status: 'deployed' }, shop: { status: 'deployed' } });
  expect(readFileSync(path.join(simulated.root, 'state', kept(), 'bouncer.go'), 'utf8')).toBe('package one');
  expect(readFileSync(lockFile(), 'utf8')).toMatch(new RegExp(`^${reference()}: sha256:[0-9a-f]{64}$`, 'm'));

  source = null;
  expect(await deploy()).toMatchObject({ proxy: { status: 'unchanged' } });
  const again = await planStacks(context(), request());
  expect(again.problems.map(({ code }) => code)).not.toContain('plugin-to-fetch');
  expect(again.stacks).toMatchObject([{ unchanged: true }, { unchanged: true }]);
});

it('fails the proxy alone, before anything of it is touched, when the plugin cannot be had', async () => {
  source = null;
  expect(await deploy()).toMatchObject({
    proxy: { status: 'failed', problems: [{ code: 'plugin-not-had' }] },
    shop: { status: 'deployed' },
  });
  const services = [...simulated.engine.containers.values()].map(({ service }) => service);
  expect(services).toEqual(['web']);
  expect(existsSync(path.join(simulated.root, 'state/traefik/traefik.yml'))).toBe(false);
});

it('shows another content in the lock, and brings it to Traefik', async () => {
  await deploy();
  const [, before = ''] = /@\S+: (sha256:\S+)/.exec(readFileSync(lockFile(), 'utf8')) ?? [];
  source = 'package two';
  expect(await deploy()).toMatchObject({ proxy: { status: 'unchanged' } });
  const [change] = await updateImages(context(), [reference()], crowdsecPlugin(simulated.settings));
  expect(change).toMatchObject({ image: reference(), from: before });
  const planned = await planStacks(context(), request());
  expect(planned.problems.map(({ message }) => message).join()).toContain(' → ');
  expect(planned.stacks[0]?.services).toMatchObject([{ service: 'dns', action: 'rollout' }]);

  source = 'package three';
  expect(await deploy()).toMatchObject({
    proxy: { status: 'failed', problems: [{ code: 'plugin-changed' }] },
  });
  source = 'package two';
  expect(await deploy()).toMatchObject({ proxy: { status: 'deployed' } });
  expect(readFileSync(path.join(simulated.root, 'state', kept(), 'bouncer.go'), 'utf8')).toBe('package two');
});
