import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkFile, trialRouters } from '@itsup/traefik';
import {
  corpus,
  corpusBase,
  corpusEntryPoints,
  corpusResolvers,
  type CorpusFile,
} from '@itsup/traefik/testing/corpus';
import { stringify } from 'yaml';

import { describeOnOwnEngine } from '../harness/engine/describe-with';
import { eventually } from '../harness/eventually';
import { TRAEFIK } from '../harness/engine/images';
import { output, run } from '../harness/run';

/** Built last of all, and refused: behind it in the log nothing more is to come. */
const END = 'udp: {routers: {end: {entryPoints: [last], service: nowhere}}}\n';
const AT_ONCE = 4;

/** Only its names of objects are asked for. */
const NO_OPINION = { suggest: () => undefined, regexFlaw: () => null, ruleFlaw: () => null };

/** What the checks without an engine say of these files is in libs/routing/src/traefik/corpus.spec.ts. */
describeOnOwnEngine([TRAEFIK], "Traefik's own verdict", () => {
  let folder: string;
  const verdicts = new Map<CorpusFile, string[]>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'itsup-e2e-verdicts-'));
    await chmod(folder, 0o755);
    await writeFile(join(folder, 'traefik.yml'), stringify(configuration()));
    const open = [...corpus.entries()];
    const work = async (): Promise<void> => {
      for (let next = open.shift(); next !== undefined; next = open.shift()) {
        verdicts.set(next[1], await verdictOn(next[1], String(next[0])));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function configuration(): object {
    const points = [
      ...corpusEntryPoints.map((name, index) => [name, { address: `127.0.0.1:${8001 + index}` }]),
    ];
    return {
      entryPoints: { ...Object.fromEntries(points), last: { address: '127.0.0.1:8100/udp' } },
      api: {},
      log: { level: 'INFO', format: 'json' },
      global: { checkNewVersion: false, sendAnonymousUsage: false },
      providers: { providersThrottleDuration: '10ms', file: { directory: '/trial/dynamic', watch: false } },
      certificatesResolvers: Object.fromEntries(
        corpusResolvers.map((name) => [
          name,
          {
            acme: { email: 'a@example.com', storage: '/tmp/acme.json', httpChallenge: { entryPoint: 'web' } },
          },
        ]),
      ),
    };
  }

  /** Errors that Traefik logs with this file beside the base, every object of it in use. */
  async function verdictOn({ text }: CorpusFile, name: string): Promise<string[]> {
    const dynamic = join(folder, name);
    await mkdir(dynamic);
    const routers = trialRouters(checkFile(text, 'dynamic', NO_OPINION).defined, {
      http: 'web',
      tcp: 'stream',
    });
    await writeFile(join(dynamic, 'base.yml'), corpusBase);
    await writeFile(join(dynamic, 'case.yml'), text);
    await writeFile(join(dynamic, 'routers.yml'), stringify(routers));
    await writeFile(join(dynamic, 'z-end.yml'), END);
    const id = await output('docker', [
      ...['run', '--detach', '--network', 'none', '--user', '65534', '--tmpfs', '/tmp'],
      ...[
        '--volume',
        `${join(folder, 'traefik.yml')}:/trial/traefik.yml:ro`,
        '--volume',
        `${dynamic}:/trial/dynamic:ro`,
      ],
      ...[TRAEFIK, '--configFile=/trial/traefik.yml'],
    ]);
    try {
      return await eventually(
        async () => {
          const errors = (await run('docker', ['logs', id])).all
            .split('\n')
            .filter((line) => line.includes('"level":"error"'));
          const isOver = errors.some(
            (line) => line.includes('"end@file"') || line.includes('collecting file configs'),
          );
          if (!isOver) throw new Error(`Traefik says nothing of ${name}: ${text}`);
          return errors.filter((line) => !/"end@file"|index template|acme/i.test(line));
        },
        { timeoutMs: 60_000 },
      );
    } finally {
      await output('docker', ['rm', '--force', id]);
    }
  }

  it.each(corpus.filter(({ refused }) => !refused))('takes $name', (file) => {
    expect(verdicts.get(file)).toEqual([]);
  });

  it.each(corpus.filter(({ refused }) => refused))('refuses $name', (file) => {
    expect(verdicts.get(file)).not.toEqual([]);
  });
});
