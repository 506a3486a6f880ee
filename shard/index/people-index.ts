// The index of people: who has a handle or a name with a word that begins in some way.
//
//   Grace Hopper, @ghopper   ->   g gh gho ghop ... ghopper   gr gra grac grace   h ho hop ... hopper
//
// Each beginning is a term, up to some letters; longer ones are compared with the card. A name that has
// changed leaves its old beginnings behind, which lead to a card that no longer fits: who searches looks at the card.
// Users are in groups of 65,536 by dense index.

import {
  indexedUsersMax,
  namePrefixLettersMax,
  nameWordsMax,
  userSearchStepsMax,
} from './limits.ts'
import { Postings } from './postings.ts'
import { fingerprintOf, tokensOf } from './terms.ts'

const groupShift = 16
const groupMask = 0xffff

export class PeopleIndex {
  readonly #groups: (Postings | undefined)[] = []
  readonly #usersMax: number

  constructor(usersMax: number = indexedUsersMax) {
    this.#usersMax = usersMax
  }

  get bytes(): number {
    return this.#groups.reduce((sum, group) => sum + (group?.bytes ?? 0), 0)
  }

  /** Adds a user, or how they are called now. */
  add(user: number, called: { readonly handle: string; readonly name: string }): void {
    if (user >= this.#usersMax) return
    const number = user >>> groupShift
    const group = this.#groups[number] ?? new Postings(this.#groups[number - 1])
    this.#groups[number] = group
    for (const word of wordsOf(called)) {
      let beginning = ''
      let letters = 0
      for (const letter of word) {
        if (letters++ === namePrefixLettersMax) break
        beginning += letter
        group.append(fingerprintOf(beginning), user & groupMask)
      }
    }
  }

  /**
   * Visits users of whom some word may begin with each of these, as far as the steps go; some may be
   * visited twice.
   */
  visit(beginnings: readonly string[], visit: (user: number) => void): void {
    const terms = beginnings.map((word) => fingerprintOf(startOf(word)))
    let left = userSearchStepsMax
    for (const [number, group] of this.#groups.entries()) {
      if (group === undefined) continue
      // The rarest beginning alone: the others are compared.
      let rarest = terms[0]!
      for (const term of terms) if (group.count(term) < group.count(rarest)) rarest = term
      for (const document of group.all(rarest)) {
        if (left-- <= 0) return
        visit((number << groupShift) | document)
      }
    }
  }
}

/** The words by which somebody is found, folded: the handle, its parts, and those of the name. */
export function wordsOf({
  handle,
  name,
}: {
  readonly handle: string
  readonly name: string
}): string[] {
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

function startOf(word: string): string {
  return [...word].slice(0, namePrefixLettersMax).join('')
}
