import type { NetworkDetails } from '@itsup/docker';

import { desiredService, observedContainer } from '../../testing/desired-service';
import type { DesiredNetwork } from '../model';
import { planNetworks, volumeNotes } from './plan-networks';

const WANTED: DesiredNetwork = {
  name: 'shop_back',
  projectName: 'shop',
  digest: 'now',
  driver: null,
  internal: false,
  attachable: false,
  ipv6: null,
  options: {},
  labels: {},
  subnets: [],
};

const LIVE: NetworkDetails = {
  id: 'n1',
  name: 'shop_back',
  driver: 'bridge',
  internal: false,
  attachable: false,
  ipv6: false,
  options: {},
  bridge: 'br-n1',
  labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.network': 'back' },
  subnets: [{ subnet: '10.0.0.0/24', gateway: '10.0.0.1', ipRange: null }],
  containers: [],
};

const web = desiredService('web', {
  networks: [
    {
      network: 'shop_back',
      aliases: ['web', 'shop'],
      pinned: true,
      ip: '10.0.0.9',
      ip6: 'fd00::9',
      linkLocalIps: ['169.254.8.9'],
    },
  ],
});
const containers = [observedContainer('web', { networks: ['shop_back'] }), observedContainer('db')];

function reasons(
  wanted: Partial<DesiredNetwork>,
  live: Partial<NetworkDetails> = {},
  recorded?: Record<string, string>,
): string[] {
  const desired = { services: [web], ownNetworks: [{ ...WANTED, ...wanted }] };
  return planNetworks(desired, recorded, [{ ...LIVE, ...live }], containers).flatMap((one) => one.reasons);
}

describe('planNetworks', () => {
  it.each<[string, Partial<DesiredNetwork>]>([
    ['internal false → true', { internal: true }],
    ['attachable false → true', { attachable: true }],
    ['driver bridge → macvlan', { driver: 'macvlan' }],
    ['enable_ipv6 false → true', { ipv6: true }],
    ['driver_opts a', { options: { a: '1' } }],
    ['labels a', { labels: { a: '1' } }],
    ['ipam 10.9.0.0/24', { subnets: [{ subnet: '10.9.0.0/24', gateway: null, ipRange: null }] }],
  ])('makes it anew: %s', (reason, wanted) => {
    expect(reasons(wanted)).toEqual([reason]);
  });

  it('leaves it where all that the file says is so', () => {
    expect(reasons({})).toEqual([]);
    expect(reasons({ subnets: [{ subnet: '10.0.0.0/24', gateway: null, ipRange: null }] })).toEqual([]);
  });

  it('takes what is there on top for the engine’s own, unless the file is known to have had it', () => {
    const live = { options: { mtu: '1400' }, labels: { ...LIVE.labels, mine: 'x' } };
    expect(reasons({}, live)).toEqual([]);
    expect(reasons({}, live, { shop_back: 'now' })).toEqual([]);
    expect(reasons({}, live, { shop_back: 'before' })).toEqual(['driver_opts mtu', 'labels mine']);
  });

  it('makes it anew where the definition changed in what cannot be seen on the engine', () => {
    expect(reasons({}, {}, { shop_back: 'now' })).toEqual([]);
    expect(reasons({}, {}, { shop_back: 'before' })).toEqual(['its definition']);
    expect(reasons({ internal: true }, {}, { shop_back: 'before' })).toEqual(['internal false → true']);
  });

  it('leaves it where the record is of a version that digested comments (`x-…`) too', () => {
    expect(reasons({ earlierDigest: 'before' }, {}, { shop_back: 'before' })).toEqual([]);
  });

  it('touches none that Compose did not make for the project', () => {
    expect(reasons({ internal: true }, { labels: {} })).toEqual([]);
  });

  it('names the containers of others that are not on it for a moment', () => {
    const at = (id: string, name: string) => ({ id, name, ipv4: '10.0.0.5', ipv6: null });
    const live = { ...LIVE, containers: [at('web', 'shop-web-1'), at('b1', 'blog-db-1')] };
    const desired = { services: [web], ownNetworks: [{ ...WANTED, internal: true }] };
    expect(planNetworks(desired, undefined, [live], containers)[0]?.guests).toEqual(['blog-db-1']);
  });

  it('says whose containers stop, and under which names they come back', () => {
    const desired = { services: [web, desiredService('db')], ownNetworks: [{ ...WANTED, internal: true }] };
    expect(planNetworks(desired, undefined, [LIVE], containers)[0]?.members).toEqual([
      {
        container: 'web',
        service: 'web',
        aliases: ['web', 'shop'],
        ip: '10.0.0.9',
        ip6: 'fd00::9',
        linkLocalIps: ['169.254.8.9'],
        isRunning: true,
      },
    ]);
  });
});

describe('volumeNotes', () => {
  const volume = { name: 'shop_data', digest: 'now', driver: null, options: { type: 'tmpfs' }, labels: {} };
  const live = { name: 'shop_data', driver: 'local', options: {}, labels: {} };

  it('names a volume with other options, and says that it stays', () => {
    expect(volumeNotes([volume], undefined, [live])).toEqual([
      expect.stringContaining(
        'volume shop_data was made with another driver_opts type, and is left as it is',
      ),
    ]);
  });

  it('names one with other labels, Compose’s own aside', () => {
    const labelled = { ...live, labels: { 'com.docker.compose.volume': 'data', tier: 'gold' } };
    const plain = { ...volume, options: {} };
    expect(volumeNotes([{ ...plain, labels: { tier: 'gold' } }], undefined, [labelled])).toEqual([]);
    expect(volumeNotes([plain], { shop_data: 'now' }, [labelled])).toEqual([]);
    expect(
      volumeNotes([{ ...plain, labels: { tier: 'silver' } }], { shop_data: 'before' }, [labelled]),
    ).toEqual([expect.stringContaining('volume shop_data was made with another labels tier')]);
  });

  it('is silent where they are the same, or there is none yet', () => {
    expect(volumeNotes([volume], undefined, [{ ...live, options: { type: 'tmpfs' } }])).toEqual([]);
    expect(volumeNotes([volume], undefined, [])).toEqual([]);
  });
});
