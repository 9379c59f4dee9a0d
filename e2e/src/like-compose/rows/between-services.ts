import { compose, service, type Row } from '../row';

const HEALTHY = { test: ['CMD', 'true'], interval: '1s' };

/** What services need of each other. */
export const BETWEEN_SERVICES: Row[] = [
  {
    title: 'depends_on in a chain',
    first: compose({
      web: service({
        depends_on: {
          api: { condition: 'service_started' },
          migrate: { condition: 'service_completed_successfully' },
        },
      }),
      api: service({ depends_on: { db: { condition: 'service_healthy' } } }),
      migrate: service({ command: ['sleep', '1'], depends_on: ['db'] }),
      db: service({ healthcheck: HEALTHY }),
    }),
    changes: [],
  },
  {
    title: 'depends_on with restart: true',
    first: compose({
      web: service({ depends_on: { db: { condition: 'service_started', restart: true } } }),
      db: service(),
    }),
    changes: [
      compose({
        web: service({ depends_on: { db: { condition: 'service_started', restart: true } } }),
        db: service({ environment: { A: 'b' } }),
      }),
    ],
    intended: ['a service that is to be restarted with another one'],
  },
  {
    title: 'depends_on what is not required and not active',
    first: compose({
      web: service({ depends_on: { db: { condition: 'service_started', required: false } } }),
      db: service({ profiles: ['never'] }),
    }),
    changes: [],
  },
  {
    title: 'network_mode: service:',
    first: compose({ vpn: service(), fetcher: service({ network_mode: 'service:vpn' }) }),
    changes: [
      compose({
        vpn: service({ environment: { A: 'b' } }),
        fetcher: service({ network_mode: 'service:vpn' }),
      }),
    ],
  },
  {
    title: 'ipc, pid and volumes_from of another service',
    first: compose({
      main: service({ ipc: 'shareable', volumes: ['/kept'] }),
      beside: service({ ipc: 'service:main', pid: 'service:main', volumes_from: ['main:ro'] }),
    }),
    changes: [
      compose({
        main: service({ ipc: 'shareable', volumes: ['/kept'], environment: { A: 'b' } }),
        beside: service({ ipc: 'service:main', pid: 'service:main', volumes_from: ['main:ro'] }),
      }),
    ],
  },
];
