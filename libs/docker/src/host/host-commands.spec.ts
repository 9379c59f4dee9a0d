import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDocker } from '../create-docker';
import type { Host } from './host';
import { rejection } from '../testing/fake-docker';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'host-commands-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A host whose commands are these shell scripts, and no others. */
function hostWith(scripts: Record<string, string>, env: Record<string, string> = {}): Host {
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "$0 $*" >> ${folder}/calls\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return createDocker({ env: { PATH: folder, ...env } }).host;
}

function calls(): string[] {
  return readFileSync(join(folder, 'calls'), 'utf8').trim().replaceAll(`${folder}/`, '').split('\n');
}

describe('decrypt', () => {
  it.each([
    ['dotenv', 'NAME=ENC[AES256_GCM,data:x]\nsops_version=3.9.0\n'],
    ['binary', '{"data": "ENC[AES256_GCM,data:x]", "sops": {}}'],
  ])('asks for %s as the file is written', async (format, text) => {
    writeFileSync(join(folder, 'a.enc.txt'), text);
    const host = hostWith({ sops: 'echo NAME=value' });
    expect(await host.decrypt(folder, 'a.enc.txt')).toBe('NAME=value\n');
    expect(calls()).toEqual([`sops --decrypt --input-type ${format} --output-type ${format} a.enc.txt`]);
  });

  it('tells why it failed, and nothing of what was decrypted until then', async () => {
    writeFileSync(join(folder, 'a.enc.env'), 'NAME=ENC[x]');
    const host = hostWith({
      sops: 'echo NAME=hunter22-long; echo "Failed to get the data key" >&2; echo " age1x: FAILED" >&2; exit 128',
    });
    const error = await rejection(host.decrypt(folder, 'a.enc.env'));
    expect(error).toMatchObject({
      code: 'decryption-failed',
      message: 'a.enc.env cannot be decrypted: Failed to get the data key',
    });
    expect(JSON.stringify(error)).not.toContain('hunter22');
  });

  it('tells a missing sops from a missing docker', async () => {
    writeFileSync(join(folder, 'a.enc.env'), 'NAME=ENC[x]');
    // An interpreter that does not exist ends like a command that does not, also where sops is installed.
    writeFileSync(join(folder, 'sops'), '#!/no/such/interpreter\n', { mode: 0o755 });
    expect(await rejection(hostWith({}).decrypt(folder, 'a.enc.env'))).toMatchObject({
      code: 'sops-missing',
    });
  });
});

describe('runHook', () => {
  it('gives the input and the environment, and hides their values in what came back', async () => {
    const host = hostWith({}, { TOKEN: 'hunter22-long' });
    const ended = await host.runHook({
      command: 'read line; echo "$line $STACK $TOKEN"; exit 3',
      input: 'record\n',
      env: { STACK: 'my-blog-stack' },
      timeoutSeconds: 10,
    });
    expect(ended).toEqual({ exitCode: 3, lastLine: 'record ${STACK} ${TOKEN}' });
  });

  it('ends with an error when it takes too long', async () => {
    const slow = hostWith({}).runHook({ command: 'sleep 30', input: '', env: {}, timeoutSeconds: 0.2 });
    expect(await rejection(slow)).toMatchObject({ code: 'timeout' });
  });
});

it('installablePackages keeps what the distribution has a version of', async () => {
  const policy = `docker.io:
  Installed: (none)
  Candidate: 26.1.5
  Version table:
     26.1.5 500
docker-compose-plugin:
  Installed: (none)
  Candidate: (none)
  Version table:`;
  const host = hostWith({ 'apt-cache': `cat <<'END'\n${policy}\nEND` });
  expect(
    await host.installablePackages([
      'docker-compose-plugin',
      'docker.io',
      'compose-plugin',
      'docker-compose-v2',
    ]),
  ).toEqual({ 'docker.io': '26.1.5' });
});

it('installPackages asks nothing and waits for another package manager', async () => {
  await hostWith({ 'apt-get': 'test "$DEBIAN_FRONTEND" = noninteractive' }).installPackages(['a', 'b']);
  expect(calls()).toEqual(['apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends a b']);
});

describe('units', () => {
  it('are read from what systemctl shows', async () => {
    const timer =
      'LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNextElapseUSecRealtime=Tue 03:12';
    expect(await hostWith({ systemctl: `echo "${timer}"` }).unitState('x.timer')).toEqual({
      present: true,
      enabled: true,
      active: true,
      nextElapse: 'Tue 03:12',
    });
    const absent = 'LoadState=not-found\nActiveState=inactive\nUnitFileState=\nNextElapseUSecRealtime=';
    expect(await hostWith({ systemctl: `echo "${absent}"` }).unitState('x.timer')).toEqual({
      present: false,
      enabled: false,
      active: false,
      nextElapse: null,
    });
  });

  it('that are not there count as disabled, another failure does not', async () => {
    const gone = 'echo "Failed to disable unit: Unit file x.timer does not exist." >&2; exit 1';
    await hostWith({ systemctl: gone }).disableUnit('x.timer');
    const denied = hostWith({ systemctl: 'echo "Access denied" >&2; exit 1' });
    expect(await rejection(denied.disableUnit('x.timer'))).toMatchObject({ code: 'command-failed' });
  });
});
