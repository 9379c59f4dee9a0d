/**
 * Operations of a simulated process at which it is worth disturbing: the first and the last few of every step. What a
 * long wait does in between is the same again and again.
 *
 * @param stepAt the step under way at each operation of an undisturbed process; there is none at index 0
 */
export function momentsOf(stepAt: string[], ends = 3): number[] {
  const steps = [...new Set(stepAt.slice(1))];
  return steps.flatMap((step) => {
    const moments = stepAt.flatMap((name, index) => (index > 0 && name === step ? [index] : []));
    return moments.length <= 2 * ends ? moments : [...moments.slice(0, ends), ...moments.slice(-ends)];
  });
}
