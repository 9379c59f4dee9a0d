import type { Problem } from '@itsup/config';
import { hostMatches } from '../../rule/evaluate';
import { suggestion } from '../../names/suggestion';
import type { Candidate } from '../candidates';
import type { Evidence } from '../evidence';
import { projectHints } from './project-hints';
import { portHints } from './port-hints';
import { rowsNaming } from '../rows-naming';

/** Why nothing serves, or will not once it is deployed, most telling first. */
export function hintsOf(evidence: Evidence): Problem[] {
  const served = evidence.answers.some(({ outcome }) => outcome !== 'unserved');
  return [
    ...(served ? [] : [...portHints(evidence), ...hostHints(evidence)]),
    ...projectHints(evidence, served),
  ];
}

function hostHints(evidence: Evidence): Problem[] {
  const { question, candidates, answers, workspace } = evidence;
  const { host } = question;
  if (host === null || answers.length === 0) return [];
  const takers = candidates.filter(({ hosts }) =>
    hosts.some((wanted) => wanted !== '*' && hostMatches(host, wanted)),
  );
  if (takers.length > 0) return [...pathHint(evidence, takers), ...elsewhereHint(evidence, takers)];
  if (host === workspace.settings.traefikDomain) {
    return [
      {
        code: 'dashboard-off',
        severity: 'note',
        message: 'the dashboard is off: nobody may see it',
        help: 'set traefik.admin in projects/itsup.yml, or TRAEFIK_ADMIN when deploying',
      },
    ];
  }
  // Another explanation is nearer than a name that merely looks alike.
  if (mayTakeHost(evidence, host)) return [];
  const deeper = candidates.flatMap(({ hosts }) =>
    hosts.filter((wanted) => wanted.startsWith('*.') && host.endsWith(wanted.slice(1))),
  );
  if (deeper[0] !== undefined) {
    return [
      {
        code: 'wildcard-too-deep',
        severity: 'note',
        message: `${deeper[0]} stands for one label, and ${host} has more before the dot`,
        help: `add domain: ${host} to a row`,
      },
    ];
  }
  const known = [...new Set(candidates.flatMap(({ hosts }) => hosts))].filter((name) => name !== '*');
  return [
    {
      code: 'unknown-host',
      severity: 'note',
      message: `no route names ${host}`,
      help: suggestion(host, known),
    },
  ];
}

/** Rows that are off or broken name the host: `projectHints` tells that. */
function mayTakeHost({ workspace }: Evidence, host: string): boolean {
  return workspace.projects.some((project) => rowsNaming(project, host).length > 0);
}

function pathHint({ answers, question }: Evidence, takers: readonly Candidate[]): Problem[] {
  const missed = answers.some(({ losses }) => losses.some(({ reason }) => reason === 'path'));
  if (!missed) return [];
  const rules = [
    ...new Set(takers.filter(({ fact }) => !fact.redirects).flatMap(({ fact }) => fact.rule ?? [])),
  ];
  return [
    {
      code: 'unknown-path',
      severity: 'note',
      message: `${question.host} is routed, but not the path ${question.path ?? '/'}`,
      help: `its rules: ${rules.slice(0, 4).join('; ')}${rules.length > 4 ? '; …' : ''}`,
    },
  ];
}

function elsewhereHint({ answers, doors, question }: Evidence, takers: readonly Candidate[]): Problem[] {
  const asked = new Set(answers.map(({ connection }) => connection.entryPoint.name));
  const elsewhere = doors.filter(
    ({ name }) =>
      !asked.has(name) && takers.some(({ fact }) => !fact.redirects && fact.entryPoints.includes(name)),
  );
  if (elsewhere.length === 0) return [];
  const where = elsewhere.map(({ name, port }) => `port ${port} (${name})`).join(', ');
  return [
    {
      code: 'other-entry-point',
      severity: 'note',
      message: `${question.host} is routed on ${where}`,
      help: `itsup explain ${question.host}:${elsewhere[0]?.port ?? ''}`,
    },
  ];
}
