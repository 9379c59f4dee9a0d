import { reportRollout } from '../rollout-context';
import type { Convergence } from '../convergence';

/**
 * Operations of a stack run side by side, and the terminal has one line for a stack: it shows what each of them is at.
 * @returns a function that gives the same convergence to one operation; `end` takes its words off the line
 */
export function besideOthers(convergence: Convergence): () => { beside: Convergence; end: () => void } {
  const { context, loaded } = convergence;
  const { reporter } = context;
  const said = new Map<number, { text: string; detail?: string | undefined }>();
  let serial = 0;
  const show = (): void => {
    const all = [...said.values()];
    const [first] = all;
    if (first === undefined) return;
    if (all.length === 1) reporter.status?.(loaded.spec.stack, first.text, first.detail);
    else reporter.status?.(loaded.spec.stack, all.map(({ text }) => text).join(' · '));
  };
  return () => {
    serial += 1;
    const key = serial;
    const own = {
      ...context,
      reporter: {
        ...reporter,
        line: (stack: string | null, text: string) => reporter.line(stack, text),
        status: (_stack: string | null, text: string, detail?: string) => {
          said.set(key, { text, detail });
          show();
        },
      },
    };
    const rollout = { ...convergence.rollout, report: reportRollout(own) };
    return {
      beside: { ...convergence, context: own, rollout },
      end: () => {
        if (said.delete(key)) show();
      },
    };
  };
}
