// What a test took, against its goal. A machine that does much else is slow, and that is no fault of the product: a test
// tells of a goal that was missed, and goes on. On a quiet machine the goals are asked for by
//
//   ROOKERY_TEST_TIMES=strict npx vitest run --config test/vitest.config.ts …

/** Whether a goal that was missed fails the test. */
const isStrict = process.env['ROOKERY_TEST_TIMES'] === 'strict'

/** Tells of what took as long as its goal, or longer. @throws Error where times are strict */
export function inTime(what: string, tookMs: number, goalMs: number): void {
  if (tookMs < goalMs) return
  const told = `${what} took ${Math.round(tookMs)} ms: the goal is ${goalMs} ms`
  if (isStrict) throw new Error(told)
  console.warn(told)
}
