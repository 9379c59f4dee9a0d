import type { Workspace } from '@itsup/config';
import type { WorkspaceRouting } from '../model';
import type { Candidate } from './candidates';
import type { ConnectionAnswer, Door } from './model';
import type { Question } from './question';

/** What near misses are found in. */
export interface Evidence {
  question: Question;
  workspace: Workspace;
  routing: WorkspaceRouting;
  candidates: readonly Candidate[];
  doors: readonly Door[];
  answers: readonly ConnectionAnswer[];
}
