import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText, UserError, type Problem } from '@itsup/config';
import { Eta } from 'eta';
import { shippedFile, templateFile, withoutOrigin } from './shipped-templates';

/** Every template, by its path under `templates/` without `.eta`. */
export const TEMPLATE_NAMES = [
  'upstream/docker-compose.yml',
  'upstream/docker-compose.ingress.yml',
  'proxy/docker-compose.yml',
  'proxy/traefik.yml',
  'proxy/middlewares.yml',
  'proxy/routers-http.yml',
  'proxy/routers-tcp.yml',
  'proxy/routers-udp.yml',
  'proxy/Corefile',
  'proxy/dns.Dockerfile',
  'proxy/crowdsec-acquis.yaml',
  'proxy/client-address.go',
  'proxy/client-address.manifest.yml',
] as const;

export type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** The templates of the picture that `itsup topology` draws. No artifact depends on them. */
export const TOPOLOGY_TEMPLATE_NAMES = [
  'topology/page.html',
  'topology/style.css',
  'topology/script.js',
  'topology/mermaid.mmd',
] as const;

export type TopologyTemplateName = (typeof TOPOLOGY_TEMPLATE_NAMES)[number];

/** Pages that visitors read. No artifact depends on them. */
export const PAGE_TEMPLATE_NAMES = ['pages/unavailable.html'] as const;

export type PageTemplates = TemplateSet<(typeof PAGE_TEMPLATE_NAMES)[number]>;

/** Compiled templates; made once, used for every project. */
export type Templates = TemplateSet<TemplateName>;

export type TopologyTemplates = TemplateSet<TopologyTemplateName>;

export interface TemplateSet<Name extends string> {
  /**
   * The template's text for this data, which the template sees as `it`.
   * @throws UserError naming the template when its code fails.
   */
  render(name: Name, data: object): string;
}

/** A line that holds nothing but a statement tag disappears, so that loops and conditions leave no blank lines. */
const STATEMENT_LINE = /^[ \t]*<%(?![=~])((?:(?!%>)[\s\S])*)%>[ \t]*\r?\n/gm;

/** Compiles templates from their sources. `file` in messages is `templates/<name>.eta`. */
export function compileTemplates<Name extends string>(
  sources: Readonly<Record<Name, string>>,
): TemplateSet<Name> {
  const eta = new Eta({ autoEscape: false, autoTrim: false, cache: false });
  const compiled = new Map(
    (Object.keys(sources) as Name[]).map((name) => {
      try {
        return [name, eta.compile(sources[name].replace(STATEMENT_LINE, '<%$1%>'))] as const;
      } catch (error) {
        throw new UserError(failure(name, 'does not compile', error));
      }
    }),
  );
  return {
    render(name, data) {
      const template = compiled.get(name);
      if (!template) throw new Error(`no template ${name}`);
      try {
        return template.call(eta, data);
      } catch (error) {
        if (error instanceof UserError) throw error;
        throw new UserError(failure(name, 'fails', error));
      }
    },
  };
}

/**
 * Reads and compiles the templates: the workspace's own in `templates/`, file by file, else those that ship.
 * @throws UserError when a template cannot be read or does not compile.
 */
export function loadTemplates(root: string): Promise<Templates> {
  return load(root, TEMPLATE_NAMES);
}

/** The same for the picture's templates. */
export function loadTopologyTemplates(root: string): Promise<TopologyTemplates> {
  return load(root, TOPOLOGY_TEMPLATE_NAMES);
}

/** The same for the pages that visitors read. */
export function loadPageTemplates(root: string): Promise<PageTemplates> {
  return load(root, PAGE_TEMPLATE_NAMES);
}

async function load<Name extends string>(root: string, names: readonly Name[]): Promise<TemplateSet<Name>> {
  const problems: Problem[] = [];
  const sources = await Promise.all(
    names.map(async (name) => {
      const file = templateFile(name);
      try {
        return [name, withoutOrigin(await readEither(join(root, file), shippedFile(file)))] as const;
      } catch (error) {
        problems.push({
          code: 'template-unreadable',
          severity: 'error',
          message: `${file} cannot be read: ${messageOf(error)}`,
          help: 'without the file the one that ships is taken; where that is missing, install itsup anew',
        });
        return [name, ''] as const;
      }
    }),
  );
  if (problems.length > 0) throw new UserError(problems.sort((a, b) => compareText(a.message, b.message)));
  return compileTemplates(Object.fromEntries(sources) as Record<Name, string>);
}

async function readEither(own: string, shipped: string): Promise<string> {
  try {
    return await readFile(own, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    return readFile(shipped, 'utf8');
  }
}

function failure(name: string, what: string, error: unknown): Problem {
  return {
    code: 'template-invalid',
    severity: 'error',
    message: `${templateFile(name)} ${what}: ${messageOf(error)}`,
    help: 'correct the template; the README of the package @itsup/artifacts says what it may use',
    place: { file: templateFile(name), line: 1, column: 1 },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
