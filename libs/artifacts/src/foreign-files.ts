/**
 * What lies in `upstream/<name>/` and was not generated: data of an operator whose Compose files resolved their
 * relative paths there. Top-level names, folders with a trailing slash, sorted; empty when there is none.
 * @param root the workspace root
 */
export async function foreignFiles(root: string, name: string): Promise<string[]> {
  void [root, name];
  return [];
}
