import { readdir, readFile } from 'node:fs/promises';

/** For what the process opens besides: files, commands of the engine, connections to Traefik's API. */
const RESERVED = 256;
/** Of one that waits: its own, and the one to the container later on. */
const EACH = 2;

let ofProcess: Promise<DescriptorRoom> | null = null;

/** How many connections may wait in this process: beyond its limit for open files the kernel cuts off who comes. */
export class DescriptorRoom {
  private taken = 0;

  /** @param places connections that there is room for */
  constructor(private readonly places: number) {}

  /** What is left to this process, shared by all who ask. */
  static ofProcess(): Promise<DescriptorRoom> {
    return (ofProcess ??= measured());
  }

  /** @returns false: it is full; the connection counts all the same, until it leaves */
  take(): boolean {
    this.taken += 1;
    return this.taken <= this.places;
  }

  leave(): void {
    this.taken -= 1;
  }
}

async function measured(proc = '/proc/self'): Promise<DescriptorRoom> {
  const [limits, open] = await Promise.all([
    readFile(`${proc}/limits`, 'utf8').catch(() => ''),
    readdir(`${proc}/fd`).catch(() => []),
  ]);
  return new DescriptorRoom(placesWithin(openFilesLimit(limits), open.length));
}

/** @param open how many files the process has open already */
export function placesWithin(limit: number, open: number): number {
  return Math.max(1, Math.floor((limit - open - RESERVED) / EACH));
}

/** How many files a process may open, from its /proc/<pid>/limits; Infinity: nobody says so. */
export function openFilesLimit(limits: string): number {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? Infinity : Number(soft);
}
