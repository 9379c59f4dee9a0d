import type { ExecutorContext, TargetConfiguration } from '@nx/devkit';
import type { StackOptions } from '../inference/targets';

/** What a task is of: as Nx's task graph and its context have it. */
interface TargetName {
  project: string;
  target: string;
}

/**
 * Why a step must not run: something in the workspace, `targetDefaults` as a rule, made another target of it than the
 * plugin inferred. A deploy out of the cache did not happen, and one without its validate is not what was promised.
 *
 * @param name of the task; undefined: as the context has it
 */
export function unlikeInferred(
  context: ExecutorContext,
  name: TargetName | undefined,
  options: StackOptions & { step?: string },
): string | undefined {
  const { project, target } = name ?? { project: context.projectName, target: context.targetName };
  if (project === undefined || target === undefined) return undefined;
  const actual = (context.projectsConfigurations as typeof context.projectsConfigurations | undefined)
    ?.projects[project]?.targets?.[target];
  if (actual === undefined) return undefined;
  const step = options.step ?? 'act';
  const flaws = [
    ...(actual.cache === true && !CACHED.includes(step) ? ['cached'] : []),
    ...(step === 'deploy' && !waits(actual, options.stack) ? ['without what it depends on'] : []),
  ];
  if (flaws.length === 0) return undefined;
  return (
    `${target} would run ${flaws.join(' and ')}: targetDefaults.${target} of nx.json is meant for another target of ` +
    `that name. Give ours one of its own: { "plugin": "itsup", "options": { "targets": { "${step}": "itsup-${step}" } } }`
  );
}

const CACHED = ['generate', 'validate'];

/** Of the proxy a deploy depends on its generate, of a project on its validate; on more, as the operator likes. */
function waits({ dependsOn = [] }: TargetConfiguration, stack: string): boolean {
  const own = dependsOn.map((each) => (typeof each === 'string' ? each : each.target));
  const providers = own.filter((each) => each.startsWith('^'));
  // Which name validate has is the options' to say: the proxy's generate and the projects' validate are no `^` ones.
  return own.length > providers.length && (stack === 'proxy' || providers.length > 0);
}
