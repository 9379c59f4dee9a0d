import type { HostFacts } from '../facts';
import { error, findings, warning, type Finding } from '../finding';

export function checkWorkspace({ workspace }: Pick<HostFacts, 'workspace'>): Finding[] {
  const { root, errors, staleBuild, ignoredBy, obeysProjects, ownRepository, otherCheckout } = workspace;
  const { stateFolder, stateInUse } = workspace;
  return findings('workspace', `${root}, state in ${stateFolder.path}`, [
    staleBuild === null ? null : error(staleBuild, 'npm run build'),
    ignoredBy === null
      ? null
      : error(
          `${ignoredBy} names projects/, so Nx sees no project`,
          `take it out of ${ignoredBy} and git add projects (documentation: Coming from itsUP)`,
        ),
    obeysProjects
      ? warning(
          'a file of a project could give Nx commands to run',
          'add the line projects/**/project.json to .nxignore in the root of the workspace (documentation: Security)',
        )
      : null,
    ownRepository
      ? warning(
          'projects/ is a git repository of its own, so nx affected sees no change in it',
          'git subtree add --prefix projects <repository> <branch> (documentation: Coming from itsUP)',
        )
      : null,
    otherCheckout === null
      ? null
      : error(`this host is deployed from ${otherCheckout.path}`, otherCheckout.cure),
    stateInUse === null ? null : error(stateInUse.message, stateInUse.cure),
    stateFolder.unwritable === null
      ? null
      : error(
          `${stateFolder.path} cannot be written: ${stateFolder.unwritable}`,
          'deploy as the user who owns it, or set ITSUP_STATE',
        ),
    errors === 0
      ? null
      : error(`the configuration has ${errors} error${errors === 1 ? '' : 's'}`, 'itsup validate shows them'),
  ]);
}
