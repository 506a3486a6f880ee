// Comparing lists of ids, and what has to be refused. Every difference is a sentence.

import { CallFailure } from '../client/client.ts'

const idsShownMax = 3

/** @param wanted `isOrdered`: the newest first */
export function compareIds(
  what: string,
  shown: readonly number[],
  wanted: { readonly expected: readonly number[]; readonly isOrdered: boolean },
): string[] {
  const { expected, isOrdered } = wanted
  const [shownIds, expectedIds] = [new Set(shown), new Set(expected)]
  const missing = [...expectedIds].filter((id) => !shownIds.has(id))
  const foreign = [...shownIds].filter((id) => !expectedIds.has(id))
  const some = (ids: readonly number[]) => ids.slice(0, idsShownMax).join(', ')
  const isSorted = shown.every((id, place) => place === 0 || shown[place - 1]! > id)
  return [
    ...(missing.length === 0
      ? []
      : [`${what}: ${missing.length} missing, such as ${some(missing)}`]),
    ...(foreign.length === 0
      ? []
      : [`${what}: ${foreign.length} do not belong there, such as ${some(foreign)}`]),
    ...(shownIds.size === shown.length ? [] : [`${what}: some stand there twice`]),
    ...(isSorted || !isOrdered ? [] : [`${what}: not the newest first`]),
  ]
}

/** What is wrong where something has to be refused with this code. */
export async function refused(
  code: string,
  what: string,
  call: () => Promise<unknown>,
): Promise<string[]> {
  try {
    await call()
    return [`${what} is shown, and has to be refused as ${code}`]
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error
    const got = error.body.code
    return got === code ? [] : [`${what} is refused as ${got} instead of ${code}`]
  }
}
