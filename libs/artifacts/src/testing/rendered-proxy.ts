import { parse } from 'yaml';
import type { Settings } from '@itsup/config';
import { AUTHORITY } from '@itsup/config/testing/authority';
import { renderProxy } from '../proxy/render-proxy';
import { shippedTemplates, workspace, workspaceRouting } from './build';

export const templates = shippedTemplates();
export type Tree = { [key: string]: Tree } & { [key: number]: Tree };

/** Parsed files by the end of their path. */
export function render(changes: Partial<Settings> = {}, routing = workspaceRouting(), source = templates) {
  const files = renderProxy(workspace(changes), routing, source);
  return (end: string): Tree => parse(files.find(({ path }) => path.endsWith(`/${end}`))?.text ?? '') as Tree;
}
/** Settings with an address for Let's Encrypt. */
export const email = { letsEncrypt: { email: 'ops@acme.org', staging: false, ...AUTHORITY, resolvers: {} } };
/** As the reader of `projects/traefik.yml` and the like has it. */
export const override = (file: string, text: string) => ({
  file,
  text,
  data: parse(text) as Record<string, unknown>,
});
