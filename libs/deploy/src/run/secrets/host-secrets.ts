import type { Workspace } from '@itsup/config';

import { HOST_CONTEXT, type SecretsReader } from '../../desired/environment/secrets';

/** The address for certificates and the dashboard's users may come as secrets of the host instead of in itsup.yml. */
export async function withHostSecrets(
  workspace: Workspace,
  env: Readonly<Record<string, string | undefined>>,
  secrets: SecretsReader,
): Promise<Workspace> {
  const { settings } = workspace;
  const { letsEncrypt, traefikAdmin } = settings;
  if (letsEncrypt.email !== null && traefikAdmin.length > 0) return workspace;
  const { variables } = await secrets(HOST_CONTEXT);
  const given = (name: string): string | undefined => variables[name] ?? env[name];
  return {
    ...workspace,
    settings: {
      ...settings,
      letsEncrypt: { ...letsEncrypt, email: letsEncrypt.email ?? (given('LETSENCRYPT_EMAIL') || null) },
      traefikAdmin: traefikAdmin.length > 0 ? traefikAdmin : linesOf(given('TRAEFIK_ADMIN')),
    },
  };
}

function linesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
