import type { Place, YamlFile } from '@itsup/config';
import { locate } from '@itsup/traefik';
import type { ArtifactFile } from '../files/artifact';

/** The operator's line, of the field or else of what it belongs to; else that of the generated file. */
export function placeIn(
  file: ArtifactFile,
  override: YamlFile | null,
  field: readonly string[],
  around: readonly string[],
): Place {
  for (const { name, text } of [
    ...(override === null ? [] : [{ name: override.file, text: override.text }]),
    { name: file.path, text: file.text },
  ]) {
    const found = locate(text, field) ?? locate(text, around, 'key');
    if (found !== null) return { file: name, ...found };
  }
  return { file: file.path, line: 1, column: 1 };
}
