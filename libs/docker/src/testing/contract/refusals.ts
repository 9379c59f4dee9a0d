import { writeFileSync } from 'node:fs';

import type { ContractKit } from './kit';

/** What is refused, and by which fault. */
export function refusalContract(kit: ContractKit): void {
  const { compose, faultOf, listed, only, stackOf } = kit;

  describe('it refuses', () => {
    it('an image that is not there', async () => {
      const absent = { ...kit.subject.service('healthy'), image: 'no.such/image:1', pull_policy: 'never' };
      expect(await faultOf(compose({ web: absent }).up())).toMatchObject({ code: 'image-not-found' });
      expect(await listed('web')).toEqual([]);
      expect(await faultOf(kit.docker.runDetached({ image: 'no.such/image:1' }))).toMatchObject({
        code: 'image-not-found',
      });
      expect(await kit.docker.inspectImages(['no.such/image:1'])).toEqual(new Map());
      expect(await faultOf(kit.docker.tagImage('no.such/image:1', 'other:1'))).toMatchObject({
        code: 'image-not-found',
      });
    });

    it('an external network that is not there', async () => {
      const name = `${kit.subject.prefix}none`;
      const web = { ...kit.subject.service('healthy'), networks: { away: null } };
      const stack = compose({ web }, { networks: { away: { name, external: true } } });
      expect(await faultOf(stack.up())).toMatchObject({ code: 'network-not-found', network: name });
    });

    it('a name that another container has', async () => {
      const name = `${kit.subject.prefix}taken`;
      const { image = '' } = kit.subject.service('healthy');
      await kit.docker.runDetached({ image, name, command: ['sleep', '30'] });
      const stack = compose({ web: { ...kit.subject.service('healthy'), container_name: name } });
      expect(await faultOf(stack.up())).toMatchObject({ code: 'container-name-taken', name });
      expect(await listed('web')).toEqual([]);
    });

    it('a port that another container has, and leaves the container unstarted', async () => {
      const { port } = kit.subject;
      const ports = [{ target: 80, published: String(port), protocol: 'tcp', mode: 'ingress' }];
      await compose({ api: { ...kit.subject.service('healthy'), ports } }).up();
      expect((await only('api')).ports).toMatchObject([
        { containerPort: 80, protocol: 'tcp', hostPort: port },
      ]);
      const both = compose({
        api: { ...kit.subject.service('healthy'), ports },
        web: { ...kit.subject.service('healthy'), ports },
      });
      expect(await faultOf(both.up())).toMatchObject({ code: 'port-taken', port });
      expect(await only('web')).toMatchObject({ state: 'created', running: false });
    });

    it('a file that is none', async () => {
      const stack = stackOf({ web: kit.subject.service('healthy') });
      writeFileSync(stack.files[0] ?? '', '{"services": [');
      expect(await faultOf(kit.docker.compose(stack).configJson())).toMatchObject({
        code: 'compose-invalid',
      });
    });
  });
}
