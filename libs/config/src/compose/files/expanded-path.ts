import { isInterpolated } from '../../schema/grammar';
import { interpolate } from '../../yaml/interpolate';

/** Values of variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A path that is known with the variables alone; `~` is HOME. */
export function isVariable(path: string): boolean {
  return isInterpolated(path) || path.startsWith('~');
}

/**
 * The path that Compose comes to; a variable without a value becomes nothing, as it does there. What Compose refuses
 * (`${A:?}` without a value) stays as it is written.
 */
export function expandedPath(path: string, variables: Variables): string {
  const withoutUnset = path.replace(
    /\$\$|\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g,
    (use: string, braced?: string, bare?: string) => {
      const name = braced ?? bare;
      return name !== undefined && variables[name] === undefined ? '' : use;
    },
  );
  const expanded = interpolate(withoutUnset, (name) => variables[name]) ?? withoutUnset;
  return expanded.replace(/^~(?=\/|$)/, variables['HOME'] ?? '~');
}
