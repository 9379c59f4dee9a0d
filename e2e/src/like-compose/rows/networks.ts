import { compose, service, type Files, type Row } from '../row';

/** A network with addresses of its own that are set aside. */
const aux = (net: string, addresses: Record<string, string>): Record<string, unknown> => ({
  ipam: { config: [{ subnet: `${net}.0/24`, aux_addresses: addresses }] },
});

/** A service that knows another one by a link, on these networks. */
const linked = (networks: string[]): Files =>
  compose(
    {
      db: service({ networks: ['a', 'b'] }),
      web: service({ networks, links: ['db:database'] }),
    },
    { networks: { a: {}, b: {} } },
  );

/** Networks: their definitions, names and addresses, and who joins them. */
export const NETWORKS: Row[] = [
  {
    title: 'an external network that is missing',
    first: compose({ web: service() }),
    changes: [
      compose(
        { web: service({ networks: ['out'] }) },
        { networks: { out: { external: true, name: '__NAME__-absent' } } },
      ),
    ],
    fails: true,
  },
  {
    title: 'mac_address and addresses in a network',
    first: compose(
      { web: service({ networks: { n: { mac_address: '02:42:ac:11:65:43', ipv4_address: '10.99.2.5' } } }) },
      { networks: { n: { ipam: { config: [{ subnet: '10.99.2.0/24' }] } } } },
    ),
    changes: [
      compose(
        {
          web: service({ networks: { n: { mac_address: '02:42:ac:11:65:44', ipv4_address: '10.99.2.6' } } }),
        },
        { networks: { n: { ipam: { config: [{ subnet: '10.99.2.0/24' }] } } } },
      ),
    ],
    sinceCompose: '2.30.0',
  },
  {
    title: 'gw_priority',
    sinceCompose: '5.0.0',
    first: compose(
      { web: service({ networks: { a: { gw_priority: 1 }, b: { gw_priority: 2 } } }) },
      { networks: { a: {}, b: {} } },
    ),
    changes: [
      compose(
        { web: service({ networks: { a: { gw_priority: 3 }, b: { gw_priority: 2 } } }) },
        { networks: { a: {}, b: {} } },
      ),
    ],
  },
  {
    title: 'ipam with a range, a gateway and addresses that are taken',
    first: compose(
      { web: service({ networks: { n: null } }) },
      {
        networks: {
          n: {
            ipam: {
              driver: 'default',
              config: [
                {
                  subnet: '10.99.3.0/24',
                  ip_range: '10.99.3.128/25',
                  gateway: '10.99.3.1',
                  aux_addresses: { x: '10.99.3.2' },
                },
              ],
            },
          },
        },
      },
    ),
    changes: [],
  },
  {
    title: 'a network whose definition changes',
    sinceCompose: '2.32.0',
    intended: ['a network whose definition changed'],
    first: compose(
      { web: service({ networks: { n: { aliases: ['site'] } } }), db: service({ networks: ['n', 'm'] }) },
      { networks: { n: aux('10.99.4', { x: '10.99.4.2' }), m: {} } },
    ),
    changes: [
      compose(
        { web: service({ networks: { n: { aliases: ['site'] } } }), db: service({ networks: ['n', 'm'] }) },
        { networks: { n: aux('10.99.4', { x: '10.99.4.3' }), m: {} } },
      ),
      compose(
        { web: service({ networks: { n: { aliases: ['site'] } } }), db: service({ networks: ['n', 'm'] }) },
        { networks: { n: aux('10.99.4', { x: '10.99.4.3' }), m: { internal: true } } },
      ),
      compose(
        { web: service({ networks: { n: { aliases: ['site'] } } }), db: service({ networks: ['n', 'm'] }) },
        { networks: { n: { ...aux('10.99.4', {}), labels: { a: 'b' } }, m: { internal: true } } },
      ),
    ],
  },
  {
    title: 'a network that gets another name',
    first: compose(
      { web: service({ networks: ['a', 'n'] }) },
      { networks: { a: {}, n: { name: '__NAME__-one' } } },
    ),
    changes: [
      compose(
        { web: service({ networks: ['a', 'n'] }) },
        { networks: { a: {}, n: { name: '__NAME__-two' } } },
      ),
    ],
    intended: ['a network that gets another name'],
  },
  {
    title: 'networks that only come',
    intended: ['networks of a service that only come or only go'],
    first: compose({ web: service({ networks: ['a'] }) }, { networks: { a: {}, b: {}, c: {} } }),
    changes: [
      compose(
        { web: service({ networks: { a: null, b: { aliases: ['site'] }, c: null } }) },
        { networks: { a: {}, b: {}, c: {} } },
      ),
    ],
  },
  {
    title: 'networks that only go',
    intended: ['networks of a service that only come or only go'],
    first: compose(
      { web: service({ networks: { a: null, b: { aliases: ['site'] }, c: null } }) },
      { networks: { a: {}, b: {}, c: {} } },
    ),
    changes: [compose({ web: service({ networks: ['b'] }) }, { networks: { a: {}, b: {}, c: {} } })],
  },
  {
    title: 'networks that come and go for a service with links',
    intended: ['networks of a service that only come or only go'],
    first: linked(['a']),
    changes: [linked(['a', 'b']), linked(['b'])],
  },
  {
    title: 'network_mode: container: with one of the project',
    first: compose({
      vpn: service({ container_name: '__NAME__-vpn' }),
      web: service({ network_mode: 'container:__NAME__-vpn', depends_on: ['vpn'] }),
    }),
    changes: [
      compose({
        vpn: service({ container_name: '__NAME__-vpn' }),
        web: service({
          network_mode: 'container:__NAME__-vpn',
          depends_on: ['vpn'],
          environment: { A: 'b' },
        }),
      }),
    ],
  },
];
