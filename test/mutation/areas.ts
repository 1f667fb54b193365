/** A part of the library whose tests have to notice every change of its code. */
export interface Area {
  readonly name: string
  /** Files of the library. */
  readonly mutate: readonly string[]
  /** The tests that have to notice. */
  readonly tests: readonly string[]
  /** How many mutants are tried at a time. @default 2 */
  readonly concurrency?: number
  /** The lowest score that is taken, in percent. Docs say which mutants live, and why. */
  readonly least: number
}

export const areas: readonly Area[] = [
  {
    name: 'origin',
    mutate: ['judge-origin', 'allowed-origins', 'origin-headers', 'web-origin'].map(
      (name) => `lib/origin/${name}.ts`,
    ),
    tests: ['judge-origin', 'allowed-origins', 'origin-headers', 'web-origin'].map(
      (name) => `test/lib/origin/${name}.test.ts`,
    ),
    least: 85,
  },
  {
    name: 'redirects',
    mutate: ['lib/origin/judge-redirect.ts'],
    tests: ['test/lib/origin/judge-redirect.test.ts'],
    least: 90,
  },
  {
    name: 'seal',
    mutate: ['seal', 'judge-seal', 'seal-content', 'seal-life', 'key-ring', 'opened-seals'].map(
      (name) => `lib/seal/${name}.ts`,
    ),
    tests: [
      'seal/seal',
      'seal/seal-content',
      'seal/seal-life',
      'seal/seal-vectors',
      'seal/key-ring',
      'seal/opened-seals',
      'answer/admit',
    ].map((name) => `test/lib/${name}.test.ts`),
    least: 85,
  },
  {
    name: 'limits',
    mutate: ['limits', 'field-collector', 'find-seal'].map((name) => `lib/body/${name}.ts`),
    tests: [
      'body/limits',
      'body/field-collector',
      'body/find-seal',
      'body/form-body',
      'body/urlencoded',
      'body/multipart-reader',
      'answer/recognise',
    ].map((name) => `test/lib/${name}.test.ts`),
    least: 90,
  },
  {
    name: 'claims',
    mutate: ['lib/claims/memory-claims.ts', 'lib/answer/claim-and-run.ts', 'lib/answer/digest-copy.ts'],
    tests: ['claims/memory-claims', 'answer/claim-and-run', 'answer/digest-copy'].map(
      (name) => `test/lib/${name}.test.ts`,
    ),
    // Most of the time these tests wait for claims to expire.
    concurrency: 8,
    least: 85,
  },
]
