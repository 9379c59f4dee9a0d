import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../harness/repository';

/** Messages that a text quotes as inline code, in parts: what varies is written as `…`. */
export function quotedMessages(text: string): string[][] {
  return [...text.replace(/```[^]*?```/g, '').matchAll(/`([^`]+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => code.includes('…') || /^(?:[a-z/.]+[,:]? ){3,}[a-z/.]+/.test(code))
    .filter((code) => !/^(?:npx|npm|docker|git|ss|systemctl|journalctl) /.test(code))
    .map((code) =>
      code
        .split('…')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
}

/** The sources that messages come from. */
export async function messageSources(): Promise<string[]> {
  const libs = (await readdir(join(REPOSITORY, 'libs'))).map((name) => `libs/${name}/src`);
  const folders = [...libs, 'tools/itsup/src'];
  const listed = await Promise.all(
    folders.map(async (folder) => {
      const files = await readdir(join(REPOSITORY, folder), { recursive: true });
      return files
        .filter((file) => /\.ts$/.test(file) && !/\.spec\.ts$|testing\//.test(file))
        .map((file) => join(folder, file));
    }),
  );
  return Promise.all(listed.flat().map((file) => readFile(join(REPOSITORY, file), 'utf8')));
}
