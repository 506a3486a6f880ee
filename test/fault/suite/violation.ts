// A broken promise, by its rule, with the evidence in words.

export type RuleName =
  | 'lost'
  | 'doubled'
  | 'invented'
  | 'reordered'
  | 'hole'
  | 'unknown twice'
  | 'old epoch'
  | 'epoch falls'
  | 'digests differ'
  | 'counter'
  /** The run itself: its fault did not happen, it did not recover, it took too long. */
  | 'run'

export type Violation = { readonly rule: RuleName; readonly what: string }

/** How often each rule was broken. */
export function countByRule(violations: readonly Violation[]): Partial<Record<RuleName, number>> {
  const counts: Partial<Record<RuleName, number>> = {}
  for (const { rule } of violations) counts[rule] = (counts[rule] ?? 0) + 1
  return counts
}

/** The first of each rule, a line each: a broken run breaks a rule thousands of times. */
export function examplesOf(
  violations: readonly Violation[],
  { perRuleMax = 3 }: { readonly perRuleMax?: number } = {},
): string[] {
  const shown = new Map<RuleName, number>()
  return violations.flatMap(({ rule, what }) => {
    const count = (shown.get(rule) ?? 0) + 1
    shown.set(rule, count)
    return count <= perRuleMax ? [`${rule}: ${what}`] : []
  })
}
