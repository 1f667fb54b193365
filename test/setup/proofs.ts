/**
 * Whether tests that prove something by the number of their cases run all of them, as `.ci/run` has them do. A plain
 * `npm test` runs fewer, which find the same kinds of faults.
 */
export const provesInFull = process.env.SEALFORM_TEST_PROOFS === 'full'
