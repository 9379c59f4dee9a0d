import type { ImageStanding, LockChange } from '@itsup/deploy';
import { allStacks } from '../stack-names';
import { withContext } from './context';
import { EXIT, type Command } from '../command';

/** Which content each image tag stands for, held by a file that git tracks. */
export const images: Command = {
  usage: '[status|lock|update] [image…]',
  summary: 'hold images to the content that was deployed, and take newer ones on purpose',
  options: { json: { type: 'boolean', description: 'print JSON' } },
  examples: ['itsup images', 'itsup images lock', 'itsup images update traefik:v3'],
  words: { min: 0, max: Infinity },
  run: async (input) => {
    const { root, words, flags, color, print, tell } = input;
    const [what = 'status', ...named] = words;
    if (!['status', 'lock', 'update'].includes(what)) {
      tell(`itsup images: it is status, lock or update, not "${what}"`);
      return EXIT.usage;
    }
    const { crowdsecPlugin, generateStacks } = await import('@itsup/artifacts');
    const { formatProblems, readWorkspace } = await import('@itsup/config');
    const { IMAGE_LOCK_FILE, imagesInUse, lockImages, updateImages } = await import('@itsup/deploy');
    await generateStacks(root, await allStacks(root), () => undefined);
    const workspace = await readWorkspace(root);
    return withContext(input, async (context) => {
      const found = await imagesInUse(context, workspace);
      // Without an engine every stack fails by the same.
      const failures = found.failed.map(({ problems }) => formatProblems(problems, { color }).trimEnd());
      for (const text of new Set(failures)) tell(text);
      const unknown = named.find((name) => !found.images.some(({ image }) => image === name));
      if (unknown !== undefined) {
        tell(`itsup images: nothing runs "${unknown}"; itsup images lists them`);
        return EXIT.usage;
      }
      if (what === 'status') {
        const shown = found.images.filter(({ image }) => named.length === 0 || named.includes(image));
        print(flags.json === true ? JSON.stringify(shown, null, 2) : shown.map(lineOf).join('\n'));
      } else {
        const locked = found.images.filter((one) => one.locked !== null).map(({ image }) => image);
        const changes =
          what === 'lock'
            ? await lockImages(context, found)
            : await updateImages(
                context,
                named.length > 0 ? named : locked,
                crowdsecPlugin(workspace.settings),
              );
        const lines = changes.map(changeOf);
        const left = found.images.filter((one) => one.locked === null && one.unlockable !== null);
        if (what === 'lock')
          lines.push(...left.map(({ image, unlockable }) => `${image}  left out: ${unlockable}`));
        print(changes.length === 0 ? [...lines, 'nothing to change'].join('\n') : lines.join('\n'));
        if (changes.length > 0) tell(`written to ${IMAGE_LOCK_FILE}: commit it, then deploy`);
      }
      return found.failed.length > 0 ? EXIT.failed : EXIT.ok;
    });
  },
};

function lineOf({ image, stacks, locked, present, unlockable }: ImageStanding): string {
  const state =
    locked === null
      ? (unlockable ?? 'not locked')
      : present === locked
        ? `locked ${short(locked)}`
        : `locked ${short(locked)}, here ${present === null ? 'not' : short(present)}: the next deploy pulls it`;
  return `${image}  ${state}  (${stacks.join(', ')})`;
}

function changeOf({ image, from, to }: LockChange): string {
  if (to === null) return `${image}  no longer locked: nothing runs it`;
  return from === null ? `${image}  ${short(to)}` : `${image}  ${short(from)} → ${short(to)}`;
}

function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
