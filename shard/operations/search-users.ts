import { pageLimitDefault } from '../../protocol/limits.ts'
import { searchUsers } from '../../protocol/operations/search-users.ts'
import { userCompareSteps } from '../state/index/limits.ts'
import { nameWordsOf, wordsOf } from '../state/index/people-index.ts'
import { calledIn } from '../state/index/public-index.ts'
import type { Steps } from '../state/index/segment.ts'
import type { View } from './implement.ts'
import { implementRead } from './implement.ts'
import { writeUsers } from './present.ts'
import { writePartial } from './tweet-search.ts'
import { isBlockBetween, isSuspended } from './visibility.ts'

export const searchUsersHandler = implementRead(searchUsers, {
  read(view, { actorIndex }, { query, limit = pageLimitDefault }, writer) {
    const users = findUsers(view, { query, limit, reader: actorIndex })
    writer.map(view.index.isPartial ? 2 : 1)
    writeUsers(writer, view, { users, reader: actorIndex })
    writePartial(writer, view.index)
    return undefined
  },
})

type UserSearch = { readonly query: string; readonly limit: number; readonly reader: number }

/** Whose handle it is, and then those with most followers of all who match. */
function findUsers(view: View, { query, limit, reader }: UserSearch): number[] {
  const beginnings = nameWordsOf(query.replace(/^\s*@/, ''))
  if (beginnings.length === 0) return []
  const best = new BestUsers(view, limit)
  const isShown = (user: number): boolean =>
    isListed(view, reader, user) && isCalled(view, user, beginnings)
  view.index.people.visit(beginnings, (user, steps) => best.consider(user, { steps, isShown }))
  const named = view.users.findHandle(query.trim().replace(/^@/, ''))
  const isNamed = named >= 0 && isListed(view, reader, named)
  const others = best.users.filter((user) => user !== named)
  return (isNamed ? [named, ...others] : others).slice(0, limit)
}

/** Not across a block, and no suspended account. */
function isListed(view: View, reader: number, user: number): boolean {
  return !isSuspended(view, user) && !isBlockBetween(view, reader, user)
}

function isCalled(view: View, user: number, beginnings: readonly string[]): boolean {
  if (!view.users.isKnown(user)) return false
  const words = wordsOf(calledIn(view.users.card(user)))
  return beginnings.every((beginning) => words.some((word) => word.startsWith(beginning)))
}

/**
 * The users with most followers of those considered; a card is looked at once, and only where it could be one. That
 * is much more work than passing a user over, and is taken off the steps as such.
 */
class BestUsers {
  readonly users: number[] = []
  readonly #lookedAt = new Set<number>()
  readonly #view: View
  readonly #limit: number

  constructor(view: View, limit: number) {
    this.#view = view
    this.#limit = limit
  }

  consider(
    user: number,
    { steps, isShown }: { readonly steps: Steps; readonly isShown: (user: number) => boolean },
  ): void {
    const { users } = this
    const followers = this.#followersOf(user)
    let place = users.length
    while (place > 0 && this.#followersOf(users[place - 1]!) < followers) place--
    if (place === this.#limit || this.#lookedAt.has(user)) return
    this.#lookedAt.add(user)
    steps.left -= userCompareSteps
    if (!isShown(user)) return
    users.splice(place, 0, user)
    if (users.length > this.#limit) users.pop()
  }

  #followersOf(user: number): number {
    return this.#view.users.followers.get(user)
  }
}
