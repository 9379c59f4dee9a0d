export { problemsAdded } from './check-written';
export { entryNames, OWN_IMAGE, readEntry, type Entry, type OptionName } from './gallery/entry';
export { newProject, type NewProject, type NewProjectRequest } from './project/new-project';
export { DATABASES, type ProjectOptions, type SaidOptions } from './project/options';
export { emptyWorkspace, EXAMPLES, type EmptyWorkspace, type OwnProjects } from './init/empty-workspace';
export { missingMiddlewares, withSkeleton, type MissingMiddleware } from './import/row/middleware-skeleton';
export { importProject, type ImportedProject, type ImportRequest } from './import/import-project';
export { questionsFor, type Question } from './project/questions';
