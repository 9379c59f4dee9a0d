import type { HostFacts } from '../facts';
import { error, findings, note, warning, type Finding } from '../finding';

export function checkSecrets({ secrets }: Pick<HostFacts, 'secrets'>): Finding[] {
  const { files, contexts } = secrets;
  return findings('secrets', files.length === 0 ? null : `${files.length} files`, [
    ...files.map(({ file, encrypted, hasMetadata, context }) =>
      encrypted && !hasMetadata && contexts.includes(context)
        ? error(
            `${file} is not encrypted, and git would take it`,
            `sops --encrypt --in-place ${file}; if it was ever committed, change what it held`,
          )
        : null,
    ),
    ...files.map(({ failure, context }) =>
      failure !== null && contexts.includes(context) ? error(failure.message, failure.help) : null,
    ),
    ...files.map(({ file, mode, encrypted }) =>
      !encrypted && (mode & 0o077) !== 0
        ? warning(`${file} may be read by other users of this host`, `chmod 600 ${file}`)
        : null,
    ),
    ...files.map(({ file, context }) =>
      contexts.includes(context)
        ? null
        : note(`${file} belongs to no project`, 'name it after a folder of projects/, or remove it'),
    ),
  ]);
}
