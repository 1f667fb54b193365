/**
 * Whether tests with very many cases run all of them, as in `.ci/run`. A plain
 * `npm test` runs fewer, which find the same kinds of faults.
 */
export const provesInFull = process.env.SEALFORM_TEST_PROOFS === 'full'
