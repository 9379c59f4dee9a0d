import type { Settings } from '@itsup/config';
import { isPublicName } from '@itsup/routing';
import type { ProjectValues } from './options';

/** A variable without which a deploy ends before it touches anything, and what it is. */
export interface Secret {
  name: string;
  meaning: string;
}

/** `${NAME:?meaning}` of a Compose file, in order, each once. */
export function requiredSecrets(text: string): Secret[] {
  const found = new Map<string, Secret>();
  for (const [, name = '', meaning = ''] of text.matchAll(/(?<!\$)\$\{([A-Za-z_]\w*):\?([^}]*)\}/g)) {
    if (!found.has(name)) found.set(name, { name, meaning });
  }
  return [...found.values()];
}

/** What is left to do for a project whose files were written: its secrets, the deploy, where it then answers. */
export function nextSteps(
  { name, domain }: ProjectValues,
  files: Readonly<Record<string, string>>,
  entrySteps: readonly string[],
  { entryPoints }: Pick<Settings, 'entryPoints'>,
): string[] {
  const secrets = requiredSecrets(files['docker-compose.yml'] ?? '');
  // A mail server has a name and no site.
  const hasSite = domain !== null && /^ *(?:- )?domain: /m.test(files['ingress.yml'] ?? '');
  const width = Math.max(...secrets.map((secret) => secret.name.length));
  return [
    ...(secrets.length === 0
      ? []
      : [
          `Secrets, one line each in secrets/${name}.env (documentation: Secrets); \`openssl rand -hex 24\` makes a good one:`,
          ...secrets.map((secret) => `  ${`${secret.name}=`.padEnd(width + 1)}   ${secret.meaning}`),
        ]),
    ...entrySteps,
    `npx nx deploy ${name}${hasSite ? `, then open https://${domain}${portOf(domain, entryPoints)}` : ''}`,
  ];
}

/** A public name is reached through the router in front of the host, any other on the entry point itself. */
function portOf(domain: string, { webSecure }: Settings['entryPoints']): string {
  return isPublicName(domain) || webSecure === 443 ? '' : `:${webSecure}`;
}
