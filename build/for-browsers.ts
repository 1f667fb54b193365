import type { InputOptions, OutputOptions } from 'rolldown'

/**
 * Names of properties that no page and no browser reads: those of `Submission` in client/submission.ts, of the reader in
 * client/read-values.ts, and of client/react/page-calls.ts.
 */
const ownProperties =
  /^(unmark|asked|automatic|repeats|request|sealed|parts|made|typed|properties|makeAction|printed|carried|given|showPage|hearCall|furnish)$/

/** How the files for browsers are read. Packages stay imports; a file of ours is named by a path. */
export const browserInput = {
  platform: 'browser',
  external: /^[^./]/,
  tsconfig: 'client/tsconfig.json',
  transform: { target: 'es2022' },
} satisfies InputOptions

/** How they are written. */
export const browserOutput = {
  minify: { mangleProps: { include: ownProperties } },
  comments: { annotation: false, legal: false, jsdoc: false },
} satisfies OutputOptions
