// What this browser keeps for the reader. Where it lets no page keep anything, or has no room left, the page itself keeps it for
// as long as it is open: `localStorage` throws then at any use, and at the mere mention of its name.

import type { Keeper } from './store/drafts.ts'

const kept = new Map<string, string>()

export const keeper: Keeper = {
  getItem: (key) => kept.get(key) ?? orElse(() => localStorage.getItem(key), null),
  setItem: (key, value) => {
    const isStored = orElse(() => {
      localStorage.setItem(key, value)
      return true
    }, false)
    if (isStored) kept.delete(key)
    else kept.set(key, value)
  },
  removeItem: (key) => {
    kept.delete(key)
    orElse(() => localStorage.removeItem(key), undefined)
  },
}

function orElse<T>(work: () => T, otherwise: T): T {
  try {
    return work()
  } catch {
    // A browser says no in several ways, and which one it is changes nothing.
    return otherwise
  }
}
