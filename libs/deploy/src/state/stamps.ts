/** A file whose content is an input of a deploy, with what tells cheaply that it has not changed since. */
export interface FileStamp {
  path: string;
  /** Size, times and inode in one text; null: the file is absent (or is no file), which counts as content too. */
  stamp: string | null;
  /** Keyed digest of the content; `absent` when there is none. */
  digest: string;
  /** Milliseconds since the epoch when the stamp was taken: a younger modification time is not trusted. */
  takenAt: number;
}

/** What an image is built from, with a cheap stamp and the digest that decides. */
export interface ContextStamp {
  context: string;
  /** Absolute path of the Dockerfile, which may lie outside the context. */
  dockerfile: string;
  /** Of names, sizes, times and inodes. */
  stamp: string;
  /** Of names, modes and contents. */
  digest: string;
  takenAt: number;
}
