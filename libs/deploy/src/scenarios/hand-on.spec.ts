import { downStacks } from '../commands/down/down-stacks';
import { deploy, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});
afterEach(() => simulated.dispose());

/** A service that takes one and the same rule, whatever its project is called, and lets Traefik read it like this. */
const routed = (enable: Record<string, string>) => ({
  web: {
    ...WEB,
    labels: {
      ...enable,
      'traefik.http.routers.web.rule': 'Host(`shop.test`)',
      'traefik.http.routers.web.entrypoints': 'web-secure',
      'traefik.http.services.web.loadbalancer.server.port': '80',
    },
  },
});

it.each([
  ['true', { 'traefik.enable': 'true' }, { 'traefik.enable': 'true' }, true],
  ['another spelling', { 'traefik.enable': '1' }, { 'traefik.Enable': 'TRUE' }, true],
  ['off', { 'traefik.enable': 'true' }, { 'traefik.enable': '0' }, false],
])('a stack that goes hands its requests on: %s', async (_, going, heir, expected) => {
  simulated.setProxy({ traefik: { image: 'traefik:v3', healthcheck: { test: ['CMD', 'true'] } } });
  simulated.setProject('former', routed(going));
  simulated.setProject('shop', routed(heir));
  await deploy(simulated, { stacks: ['proxy', 'former', 'shop'] });
  await downStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['former'] });
  const told = simulated.lines.filter((line) => line.includes('serves the same routes'));
  expect(told).toEqual(expected ? ['former: note: shop serves the same routes and gets its requests'] : []);
  const left = [...simulated.engine.containers.values()].map(({ project }) => project);
  expect(left).not.toContain('former');
});
