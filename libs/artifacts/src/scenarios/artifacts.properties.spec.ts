import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Project } from '@itsup/config';
import { routeWorkspace } from '@itsup/routing';
import {
  anyProjects,
  anyShuffle,
  projectOf,
  shuffledProjects,
  type AnyProject,
  type Shape,
} from '@itsup/routing/testing/any-rows';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { projectArtifactPaths, proxyArtifactPaths } from '../files/artifact';
import { generateStacks } from '../generate-stacks';
import { renderProject } from '../project/render-project';
import { renderProxy } from '../proxy/render-proxy';
import { shippedTemplates, withEmail, WORKSPACE } from '../testing/build';
import { writeFiles } from '../testing/generated-workspace';

const templates = shippedTemplates();

describe('the artifacts have the same bytes', () => {
  it('in any order of rows, edges, services and projects', () => {
    fc.assert(
      fc.property(anyProjects, anyShuffle, (shapes, shuffle) => {
        const sources = shapes.map(({ name, rows, egress }) => projectOf(name, rows, egress));
        expect(rendered(shuffledProjects(sources, shuffle))).toEqual(rendered(sources));
      }),
      { numRuns: 200 },
    );
  });

  it('in any order that the files were written in, row by row', async () => {
    await fc.assert(
      fc.asyncProperty(anyProjects, anyShuffle, async (projects, shuffle) => {
        const again = shuffle(projects).map((each) => ({
          ...each,
          rows: shuffle(each.rows),
          egress: shuffle(each.egress),
        }));
        expect(await generated(again, shuffle)).toEqual(await generated(projects, (items) => [...items]));
      }),
      { numRuns: 40 },
    );
    // Whole workspaces are written and read.
  }, 180_000);
});

function rendered(projects: Project[]): Record<string, string> {
  const settings = withEmail();
  const workspace = { settings, projects, problems: [] };
  const routing = routeWorkspace(workspace);
  const files = [
    ...projects.flatMap((project) => {
      const own = routing.projects.find((each) => each.project === project.name);
      return own ? renderProject(project, own, settings, templates) : [];
    }),
    ...renderProxy(workspace, routing, templates),
  ];
  return Object.fromEntries(files.map(({ path, text }) => [path, text]));
}

/** Writes a workspace, its files in the order that `shuffle` gives them, and generates; artifact → bytes. */
async function generated(
  projects: AnyProject[],
  shuffle: (files: readonly [string, string][]) => [string, string][],
): Promise<Record<string, string | null>> {
  const root = mkdtempSync(join(tmpdir(), 'itsup-any-'));
  try {
    mkdirSync(join(root, 'projects'));
    cpSync(join(WORKSPACE, 'templates'), join(root, 'templates'), { recursive: true });
    writeFiles(root, Object.fromEntries(shuffle(projects.flatMap(filesOf))));
    const names = projects.map(({ name }) => name);
    await generateStacks(root, [...names, 'proxy'], () => undefined);
    const paths = [...names.sort().flatMap(projectArtifactPaths), ...proxyArtifactPaths()];
    return Object.fromEntries(paths.map((path) => [path, textOf(join(root, path))]));
  } finally {
    rmSync(root, { recursive: true });
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function filesOf({ name, rows, egress }: AnyProject): [string, string][] {
  const services = Object.fromEntries(['web', 'Web', 'we.b', 'db'].map((each) => [each, { image: 'app' }]));
  return [
    [`projects/${name}/docker-compose.yml`, stringify({ services })],
    [`projects/${name}/ingress.yml`, stringify({ ingress: rows.map(ingressRow), egress })],
  ];
}

/** The row as `ingress.yml` has it. */
function ingressRow(row: Shape): Record<string, unknown> {
  const { domains = [], pathPrefix, pathRemove, allowSourceIps = [], proxyProtocol, ...rest } = row;
  const [main, ...sans] = domains;
  const keys = {
    ...rest,
    ...(main !== undefined && { tls: { main, sans } }),
    path_prefix: pathPrefix,
    path_remove: pathRemove,
    ...(allowSourceIps.length > 0 && { allow_source_ips: allowSourceIps }),
    ...(row.router === 'tcp' && { proxyprotocol: proxyProtocol ?? null }),
  };
  const said = Object.entries(keys).filter(
    ([key, value]) => value !== undefined && (value !== null || key === 'proxyprotocol'),
  );
  return Object.fromEntries(said);
}
