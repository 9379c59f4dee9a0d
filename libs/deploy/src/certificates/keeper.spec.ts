import { routeWorkspace } from '@itsup/routing';

import { facts, WEB } from '../testing/deploy-simulated';
import { ingressRow, SimulatedWorkspace } from '../testing/simulated-workspace';
import { changeBook, readBook } from './book';
import { CertificateKeeper } from './keeper';
import { orderKey, type BookedRefusal } from './model';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});
afterEach(() => simulated.dispose());

function keeperOf(...domains: string[]): CertificateKeeper {
  const { settings } = simulated;
  simulated.settings = { ...settings, letsEncrypt: { ...settings.letsEncrypt, email: 'ops@example.com' } };
  simulated.setProject('shop', { web: WEB }, { compose: facts('web'), ingress: [ingressRow({ domains })] });
  const workspace = simulated.workspace();
  return new CertificateKeeper({
    context: simulated.context(),
    workspace,
    routing: routeWorkspace(workspace),
  });
}

async function refused(names: string[], resolver: string): Promise<void> {
  const refusal: BookedRefusal = {
    ...{ names, resolver, at: 0, asked: true, reason: 'no', lookups: {} },
    ...{ culprits: [], isVerdict: true, notBefore: null },
    standIn: { certificate: 'a certificate', key: 'a key' },
  };
  await changeBook(simulated.context(), (book) => ({
    ...book,
    refusals: { ...book.refusals, [orderKey(names)]: refusal },
  }));
}

const held = async (): Promise<string[]> => Object.keys((await readBook(simulated.context().state)).refusals);

describe('refusals that nobody asks for any more', () => {
  it('go when their names are asked for in another certificate, for what stands in would pass for it', async () => {
    const keeper = keeperOf('shop.net');
    const [wanted] = keeper.wanted(['shop']);
    await refused(['blocked.net', 'shop.net'], wanted?.resolver ?? '');
    await refused(['other.net'], wanted?.resolver ?? '');
    await keeper.forgetUnwanted(null, keeper.wanted(['shop']));
    expect(await held()).toEqual([orderKey(['other.net'])]);
    await keeper.forgetUnwanted(null, null);
    expect(await held()).toEqual([]);
  });

  it('stay while the same names are wanted of the same resolver, and go with another one', async () => {
    const keeper = keeperOf('shop.net');
    const [wanted] = keeper.wanted(['shop']);
    await refused(['shop.net'], wanted?.resolver ?? '');
    await keeper.forgetUnwanted(null, null);
    expect(await held()).toEqual([orderKey(['shop.net'])]);
    await refused(['shop.net'], 'yesterday');
    await keeper.forgetUnwanted(null, keeper.wanted(['shop']));
    expect(await held()).toEqual([]);
  });
});
