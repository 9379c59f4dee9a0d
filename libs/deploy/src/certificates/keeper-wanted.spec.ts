import type { ComposeService } from '@itsup/docker';
import { routeWorkspace } from '@itsup/routing';

import { deployedFiles } from '../state/deployed';
import { deploy, facts, WEB } from '../testing/deploy-simulated';
import { ingressRow, SimulatedWorkspace } from '../testing/simulated-workspace';
import { CertificateKeeper } from './keeper';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  const { settings } = simulated;
  simulated.settings = { ...settings, letsEncrypt: { ...settings.letsEncrypt, email: 'ops@example.com' } };
});
afterEach(() => simulated.dispose());

async function deployed(web: ComposeService): Promise<CertificateKeeper> {
  const ingress = [ingressRow({ domains: ['shop.net'] })];
  simulated.setProject('shop', { web }, { compose: facts('web'), ingress });
  await deploy(simulated);
  const context = simulated.context();
  const workspace = simulated.workspace();
  return new CertificateKeeper({
    ...{ context, workspace, routing: routeWorkspace(workspace) },
    deployed: await deployedFiles(context.state),
  });
}

describe('what a row whose service has no container wants', () => {
  it.each<[string, ComposeService]>([
    ['scale: 0', { ...WEB, scale: 0 }],
    ['deploy.replicas: 0', { ...WEB, deploy: { replicas: 0 } }],
  ])('with %s is nothing: no router asks, and no deploy waits', async (_, web) => {
    const keeper = await deployed(web);
    expect(keeper.wanted(['shop'])).toEqual([]);
    expect(keeper.wantedEver()).toMatchObject([{ names: ['shop.net'] }]);
  });

  it('is known before the deploy that starts it, and after that', async () => {
    const stopped = await deployed({ ...WEB, scale: 0 });
    expect(stopped.wantedWith('shop', new Map([['web', 1]]))).toMatchObject([{ names: ['shop.net'] }]);
    expect(stopped.wantedWith('shop', new Map([['web', 0]]))).toEqual([]);
    const running = await deployed(WEB);
    expect(running.wanted(['shop'])).toMatchObject([{ names: ['shop.net'] }]);
  });

  it('is what its sources say where it was never deployed', () => {
    const ingress = [ingressRow({ domains: ['shop.net'] })];
    simulated.setProject('shop', { web: WEB }, { compose: facts('web'), ingress });
    const workspace = simulated.workspace();
    const routing = routeWorkspace(workspace);
    const keeper = new CertificateKeeper({
      ...{ context: simulated.context(), workspace, routing, deployed: new Map() },
    });
    expect(keeper.wanted(null)).toMatchObject([{ names: ['shop.net'] }]);
  });
});
