import { publishedPorts } from './compose-ports';

describe('the ports of the host that an entry publishes', () => {
  it('have a protocol in any case of the letters, in the long form as in the short', () => {
    const port = [{ port: 8443, protocol: 'tcp' }];
    expect(publishedPorts('8443:80/TCP')).toEqual(port);
    expect(publishedPorts({ target: 80, published: '8443', protocol: 'TCP' })).toEqual(port);
  });
});
