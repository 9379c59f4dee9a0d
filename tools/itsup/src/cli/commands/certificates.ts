import { withContext } from './context';
import { EXIT, type Command } from '../command';

/** Certificates of all routers: issuer, days left, last refusal; and asking again. */
export const certificates: Command = {
  usage: '[list|retry] [name…]',
  summary: 'show the certificate of every name, and ask again for one that was refused',
  options: { json: { type: 'boolean', description: 'print JSON' } },
  examples: ['itsup certificates', 'itsup certificates --json', 'itsup certificates retry app.example.com'],
  words: { min: 0, max: Infinity },
  run: async (input) => {
    const { root, words, flags, print, tell } = input;
    const [what = 'list', ...names] = words;
    if (what !== 'list' && what !== 'retry') {
      tell(`itsup certificates: it is list or retry, not "${what}"`);
      return EXIT.usage;
    }
    const { readWorkspace } = await import('@itsup/config');
    const { certificatesOf, formatCertificate, formatCertificates, retryCertificates } =
      await import('@itsup/deploy');
    const workspace = await readWorkspace(root);
    return withContext(input, async (context) => {
      const found =
        what === 'retry'
          ? await retryCertificates(context, workspace, names)
          : await certificatesOf(context, workspace);
      const shown =
        what === 'list' && names.length > 0
          ? found.filter(({ wanted }) => wanted.names.some((name) => names.includes(name)))
          : found;
      const now = context.system.now();
      if (flags.json === true) print(JSON.stringify(shown.map(withoutKeys), null, 2));
      else if (what === 'list') print(formatCertificates(shown, now));
      else
        print(
          shown.length === 0
            ? 'every certificate is there'
            : shown.map((one) => formatCertificate(one, now)).join('\n'),
        );
      return shown.every(({ standing }) => standing.state === 'there' || standing.state === 'none')
        ? EXIT.ok
        : EXIT.failed;
    });
  },
};

/** Of a refusal, without what is served in the certificate's place: that holds a key. */
function withoutKeys<T extends { standing: { state: string } }>(status: T): unknown {
  return JSON.parse(JSON.stringify(status, (key, value: unknown) => (key === 'standIn' ? undefined : value)));
}
