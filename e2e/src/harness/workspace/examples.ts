/** The folders of `projects/` that ship. */
export const EXAMPLES = ['catalog', 'echo', 'notes', 'router', 'shop', 'website'];
