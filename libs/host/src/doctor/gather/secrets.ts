import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import type { Workspace } from '@itsup/config';
import { HOST_CONTEXT, hasSopsMetadata, isEncrypted, type DeployContext } from '@itsup/deploy';
import { DockerError } from '@itsup/docker';

import type { SecretsFacts } from '../facts';

const SECRETS_FILE = /^(.+?)(\.enc)?\.(env|txt)$/;

/** The files in secrets/. Encrypted ones are decrypted, to see whether a deploy could, and forgotten. */
export async function secretsFacts(
  { root, docker }: Pick<DeployContext, 'root' | 'docker'>,
  workspace: Workspace,
): Promise<SecretsFacts> {
  const names = (await readdir(path.join(root, 'secrets')).catch(() => [])).sort();
  const files = names.flatMap((name) => {
    const context = SECRETS_FILE.exec(name)?.[1];
    return context === undefined ? [] : [{ file: `secrets/${name}`, context }];
  });
  return {
    contexts: [HOST_CONTEXT, ...workspace.projects.map(({ name }) => name)],
    files: await Promise.all(
      files.map(async ({ file, context }) => {
        const absolute = path.join(root, file);
        const encrypted = isEncrypted(file);
        const hasMetadata = encrypted && hasSopsMetadata(await readFile(absolute, 'utf8').catch(() => ''));
        return {
          file,
          context,
          encrypted,
          hasMetadata,
          mode: (await stat(absolute)).mode & 0o777,
          failure: hasMetadata ? await whySealed(docker, root, file) : null,
        };
      }),
    ),
  };
}

async function whySealed(
  docker: DeployContext['docker'],
  root: string,
  file: string,
): Promise<{ message: string; help: string } | null> {
  try {
    await docker.host.decrypt(root, file);
    return null;
  } catch (error) {
    if (error instanceof DockerError) return { message: error.message, help: error.help };
    throw error;
  }
}
