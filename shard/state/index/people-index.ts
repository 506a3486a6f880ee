// The index of people: who has a handle or a name with a word that begins in some way.
//
//   Grace Hopper, @ghopper   ->   g gh gho ghop ... ghopper   gr gra grac grace   h ho hop ... hopper
//
// Each beginning is a term, up to some letters; longer ones are compared with the card. A name that has
// changed leaves its old beginnings behind for a while, which lead to a card that no longer fits: who searches looks at
// the card. Users are in groups of 65,536 by dense index.

import {
  indexedUsersMax,
  namePrefixLettersMax,
  nameWordsMax,
  userSearchStepsMax,
} from './limits.ts'
import { PeopleGroup } from './people-group.ts'
import type { Steps } from './segment.ts'
import { fingerprintOf, tokensOf } from './terms.ts'

const groupShift = 16
const groupMask = 0xffff

/** How somebody is called. */
export type Called = { readonly handle: string; readonly name: string }

export class PeopleIndex {
  readonly #groups: (PeopleGroup | undefined)[] = []
  readonly #calledNow: (user: number) => Called | undefined
  readonly #usersMax: number

  /** @param calledNow how a user is called; undefined for one who cannot be found any more */
  constructor(calledNow: (user: number) => Called | undefined, usersMax: number = indexedUsersMax) {
    this.#calledNow = calledNow
    this.#usersMax = usersMax
  }

  get bytes(): number {
    return this.#groups.reduce((sum, group) => sum + (group?.bytes ?? 0), 0)
  }

  /** Adds a user. */
  add(user: number, called: Called): void {
    if (user < this.#usersMax) this.#groupOf(user).add(user & groupMask, beginningsOf(called))
  }

  /** Somebody has another card. Most edits leave both names as they are, and nothing is to be done. */
  change(user: number, { from, to }: { readonly from: Called; readonly to: Called }): void {
    if (user >= this.#usersMax || (from.handle === to.handle && from.name === to.name)) return
    const first = user & ~groupMask
    const change = { former: beginningsOf(from), come: beginningsOf(to) }
    this.#groupOf(user).change(user & groupMask, change, {
      like: this.#groups[(user >>> groupShift) - 1],
      beginningsOf: (place) => {
        const called = this.#calledNow(first + place)
        return called === undefined ? new Set() : beginningsOf(called)
      },
    })
  }

  #groupOf(user: number): PeopleGroup {
    const number = user >>> groupShift
    const group = this.#groups[number] ?? new PeopleGroup(this.#groups[number - 1])
    this.#groups[number] = group
    return group
  }

  /**
   * Visits users of whom some word may begin with each of these, as far as the steps go; some may be
   * visited twice.
   * @param visit takes off the steps what it takes beyond the usual
   */
  visit(beginnings: readonly string[], visit: (user: number, steps: Steps) => void): void {
    const terms = beginnings.map((word) => fingerprintOf(startOf(word)))
    const steps: Steps = { left: userSearchStepsMax }
    for (const [number, group] of this.#groups.entries()) {
      if (group === undefined) continue
      const { postings } = group
      // The rarest beginning alone: the others are compared.
      let rarest = terms[0]!
      for (const term of terms) if (postings.count(term) < postings.count(rarest)) rarest = term
      for (const document of postings.all(rarest)) {
        if (steps.left-- <= 0) return
        visit((number << groupShift) | document, steps)
      }
    }
  }
}

/** The words by which somebody is found, folded: the handle, its parts, and those of the name. */
export function wordsOf({ handle, name }: Called): string[] {
  const folded = handle.toLowerCase()
  const parts = folded.split('_').filter((part) => part !== '' && part !== folded)
  return [folded, ...parts, ...nameWordsOf(name)]
}

/** Words as people type them; a run of letters of a script without spaces is one word here. */
export function nameWordsOf(name: string): string[] {
  const { words, kinds } = tokensOf(name)
  const joined: string[] = []
  for (let place = 0; place < words.length; place++) {
    if (kinds[place] === 2) joined[joined.length - 1] += words[place]!
    else joined.push(words[place]!)
  }
  return joined.slice(0, nameWordsMax)
}

/** The fingerprints of what the words begin with. */
function beginningsOf(called: Called): Set<number> {
  const beginnings = new Set<number>()
  for (const word of wordsOf(called)) {
    let beginning = ''
    let letters = 0
    for (const letter of word) {
      if (letters++ === namePrefixLettersMax) break
      beginning += letter
      beginnings.add(fingerprintOf(beginning))
    }
  }
  return beginnings
}

function startOf(word: string): string {
  return [...word].slice(0, namePrefixLettersMax).join('')
}
