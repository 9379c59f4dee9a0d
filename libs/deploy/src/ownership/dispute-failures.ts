import type { Problem } from '@itsup/config';
import type { Dispute, DisputeParty, WorkspaceRouting } from '@itsup/routing';

import type { DeployedClaims } from './claims-file';

/** What is deployed of the workspace's projects. */
export interface Standing {
  /** Stacks with a record of their last deploy. */
  deployed: ReadonlySet<string>;
  claims: DeployedClaims;
  /** Stacks that this run brings to what the sources say. */
  converging: ReadonlySet<string>;
}

/**
 * Who fails over a dispute, and with which problem: a claim that is deployed stands, and the newer project fails alone;
 * where nobody's or everybody's is deployed it is the one that takes what another one has, else all. The proxy and
 * everybody else is deployed in any case.
 */
export function failuresOf(
  { disputes, holdings }: Pick<WorkspaceRouting, 'disputes' | 'holdings'>,
  standing: Standing,
): { stack: string; problem: Problem }[] {
  return [
    ...disputes
      .filter(({ problem }) => problem.severity === 'error')
      .flatMap((dispute) => failuresOfOne(dispute, standing)),
    ...stillServed(holdings, standing),
  ];
}

function failuresOfOne(dispute: Dispute, standing: Standing): { stack: string; problem: Problem }[] {
  const { takers, parties } = dispute;
  const projects = [...new Set(parties.flatMap(({ project }) => project ?? []))];
  const holds = (project: string): boolean =>
    parties.filter((party) => party.project === project).every((party) => stands(party, standing));
  const standers = projects.filter(holds);
  let failing: string[];
  if (takers.length > 0) {
    // Each taker against those whose it is: whoever came first stays.
    const others = projects.filter((project) => !takers.includes(project));
    const older = takers.every(holds);
    failing = older && others.some((project) => !holds(project)) ? others.filter((one) => !holds(one)) : [];
    if (!older || others.some(holds)) failing = [...failing, ...takers];
    if (failing.length === 0) failing = takers;
  } else {
    const first = standers.length === 1 && !parties.some(({ project }) => project === null);
    failing = first ? projects.filter((project) => project !== standers[0]) : projects;
  }
  const staying = standers.filter((project) => !failing.includes(project));
  return failing.map((stack) => ({ stack, problem: toldTo(stack, dispute, staying) }));
}

/** The claim is deployed: by its record, and on a host that kept none yet by the project's. */
function stands({ project, holds }: DisputeParty, { deployed, claims }: Standing): boolean {
  if (project === null) return true;
  const known = claims[project];
  if (!deployed.has(project)) return false;
  if (known === undefined) return true;
  const all = new Set(known);
  return (holds ?? []).every((key) => all.has(key));
}

/** The problem from the failing project's side, with who stays. */
function toldTo(stack: string, { problem, parties }: Dispute, staying: readonly string[]): Problem {
  if (staying.length === 0) return problem;
  const own = parties.find(({ project }) => project === stack);
  const isElsewhere = own?.place && !samePlace(own.place, problem.place);
  const related = parties.flatMap(({ place, label }) =>
    place && !samePlace(place, own?.place) ? [{ message: `${label} is here`, place }] : [],
  );
  return {
    ...problem,
    ...(isElsewhere && own?.place ? { place: own.place, related } : {}),
    help: `${problem.help === undefined ? '' : `${problem.help}; `}${staying.join(', ')} ${staying.length > 1 ? 'are' : 'is'} deployed with it and ${staying.length > 1 ? 'stay' : 'stays'}`,
    project: stack,
  };
}

function samePlace(a: Problem['place'] | null, b: Problem['place'] | null): boolean {
  return a?.file === b?.file && a?.line === b?.line && a?.column === b?.column;
}

/** Nothing that is asked for: volumes and images, which several may have unless isolation is strict. */
const MAY_BE_SHARED = /^(?:volume|image|runs) /;

/**
 * What a project claims now and another one has as it is deployed, which its sources name no more and which this run
 * does not bring there: two would share the requests.
 */
function stillServed(
  holdings: WorkspaceRouting['holdings'],
  { deployed, claims, converging }: Standing,
): { stack: string; problem: Problem }[] {
  const left = new Map<string, string>();
  for (const [stack, keys] of Object.entries(claims)) {
    // A folder that is gone has nothing to say: its containers are listed as what can be pruned.
    if (!deployed.has(stack) || !holdings.has(stack) || converging.has(stack)) continue;
    const now = new Set(holdings.get(stack));
    for (const key of keys) if (!now.has(key) && !MAY_BE_SHARED.test(key)) left.set(key, stack);
  }
  if (left.size === 0) return [];
  return [...holdings].flatMap(([stack, keys]) => {
    const own = new Set(claims[stack]);
    const key = keys.find((one) => !own.has(one) && left.get(one) !== stack && left.has(one));
    const before = key === undefined ? undefined : left.get(key);
    if (key === undefined || before === undefined) return [];
    const problem: Problem = {
      code: 'still-deployed',
      severity: 'error',
      message: `${stack} claims what ${before} still has as it is deployed: ${inWords(key)}`,
      help: `deploy ${before} first: itsup deploy ${before}`,
      project: stack,
    };
    return [{ stack, problem }];
  });
}

/** A key of the table for people. */
function inWords(key: string): string {
  const [kind = '', ...rest] = key.split(' ');
  if (kind !== 'route') return `${kind} ${rest.join(' ')}`;
  const term = /\[.*\]/.exec(key)?.[0];
  try {
    const [host, prefix, path] = JSON.parse(term ?? '[]') as (string | null)[];
    return `the route ${host ?? 'of every host'}${path ?? prefix ?? ''}`;
  } catch {
    return 'a route';
  }
}
