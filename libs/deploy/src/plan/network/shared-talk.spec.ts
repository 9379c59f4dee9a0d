import { talkAmong, type SharedMember } from './shared-talk';

const LISTEN = '0A';
const ESTABLISHED = '01';
const TIME_WAIT = '06';

/** `10.0.0.2:80` as the kernel writes it. */
function hex(end: string): string {
  const [address = '', port = ''] = end.split(':');
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return `${bytes.reverse().join('')}:${Number(port).toString(16).padStart(4, '0')}`.toUpperCase();
}

function table(...sockets: [local: string, remote: string, state: string][]): string {
  const lines = sockets.map(
    ([local, remote, state], index) =>
      `  ${index}: ${hex(local)} ${hex(remote)} ${state} 00000000:00000000 00:0 0`,
  );
  return ['  sl  local_address rem_address   st tx_queue rx_queue', ...lines].join('\n');
}

const member = (project: string, address: string, text: string): SharedMember => ({
  project,
  service: 'web',
  addresses: [address],
  tables: [text],
});

const shop = (text: string): SharedMember => member('shop', '172.20.128.2', text);
const catalog = (text: string): SharedMember => member('catalog', '172.20.128.3', text);
const talk = [
  {
    consumer: { project: 'shop', service: 'web' },
    provider: { project: 'catalog', service: 'web' },
    port: 80,
  },
];

describe('talkAmong', () => {
  it('sees an open connection from either side, once', () => {
    const asking = shop(table(['172.20.128.2:40000', '172.20.128.3:80', ESTABLISHED]));
    const asked = catalog(
      table(['0.0.0.0:80', '0.0.0.0:0', LISTEN], ['172.20.128.3:80', '172.20.128.2:40000', ESTABLISHED]),
    );
    expect(talkAmong([asking, catalog('')])).toEqual(talk);
    expect(talkAmong([shop(''), asked])).toEqual(talk);
    expect(talkAmong([asking, asked])).toEqual(talk);
  });

  it('sees one that was just closed, on whichever side is kept', () => {
    expect(
      talkAmong([shop(table(['172.20.128.2:40000', '172.20.128.3:80', TIME_WAIT])), catalog('')]),
    ).toEqual(talk);
    const closed = catalog(
      table(['0.0.0.0:80', '0.0.0.0:0', LISTEN], ['172.20.128.3:80', '172.20.128.2:40000', TIME_WAIT]),
    );
    expect(talkAmong([shop(''), closed])).toEqual(talk);
  });

  it('leaves out Traefik, siblings, and who only listens', () => {
    const sibling = { ...catalog(''), project: 'shop', service: 'db' };
    const text = table(
      ['0.0.0.0:80', '0.0.0.0:0', LISTEN],
      ['172.20.128.2:80', '172.20.0.1:50000', ESTABLISHED],
      ['172.20.128.2:40000', '172.20.128.3:5432', ESTABLISHED],
    );
    expect(talkAmong([shop(text), sibling])).toEqual([]);
  });
});
