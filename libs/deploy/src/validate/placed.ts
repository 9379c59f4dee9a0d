import { checkComposeFiles, locateInCompose, type Place, type Problem, type Project } from '@itsup/config';

import { missingEnvFiles } from '../desired/environment/missing-env-files';
import { envFileMissing } from './compose-verdict';

/**
 * What Compose says, at its line; a key that it does not know with the one that was meant, and of missing files all.
 * @param files Compose files of the workspace that were checked
 * @param project null: the proxy
 */
export function placed(
  root: string,
  { files, project }: { files: string[]; project: Project | null },
  problem: Problem,
): Problem[] {
  if (problem.code === 'env-file-missing') return absentEnvFiles(root, project, problem);
  if (problem.severity !== 'error' || problem.place !== undefined) return [problem];
  if (/additional propert/i.test(problem.message)) {
    const unknown = checkComposeFiles(root, files).filter(
      ({ code, place }) =>
        code === 'unknown-key' && place?.text !== undefined && problem.message.includes(keyAt(place)),
    );
    if (unknown.length > 0) return unknown;
  }
  const place = locateInCompose(root, files, problem.message);
  const message = problem.message.replace(/^validating \S+: /, '').replaceAll(`${root}/`, '');
  return [{ ...problem, message, ...(place && { place }) }];
}

/** Each that is missing at its line; what Compose names, where nothing is known of it. */
function absentEnvFiles(root: string, project: Project | null, problem: Problem): Problem[] {
  const missing = missingEnvFiles(root, project);
  if (missing.length === 0) return [{ ...problem, message: problem.message.replaceAll(`${root}/`, '') }];
  return missing.map(({ path, place }) => ({ ...problem, message: envFileMissing(path), place }));
}

/** The key that a place is of. */
function keyAt({ text = '', column, length = 1 }: Place): string {
  return text.slice(column - 1, column - 1 + length).replace(/^["']|["']$/g, '');
}
