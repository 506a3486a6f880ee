// A list as its readers see it: which members, and which of their tweets.
//
// Between a member and the owner there may be a block: then the list does without them, from that moment on and
// in both directions, and has them again when the block is gone. What the members have written is for a reader to
// see by the usual rules (visibility.ts). A member who is suspended is left out for as long.
//
// A tweet that several members have retweeted appears once: as itself, if its author is a member; else as the
// oldest of those retweets, so that what has been on a page stays there when one more comes.

import { idMax } from '../../protocol/ids.ts'
import { listMembersMax } from '../../protocol/limits.ts'
import { type Collection, lowerBound } from '../state/collections.ts'
import type { View } from './implement.ts'
import { isBlockBetween, isSuspended, mayRead } from './visibility.ts'

/**
 * Retweets that one page looks at to find out which of them repeat others. Of a tweet with more, a page may
 * show several.
 */
export const repeatLooksMax = 4_096

/** The members as dense indexes, the newest account first. */
export function shownMembers(
  view: View,
  { owner, items }: Collection,
  { before, limit }: { readonly before: number; readonly limit: number } = everybody,
): number[] {
  const members: number[] = []
  for (let place = lowerBound(items, before) - 1; place >= 0; place--) {
    const user = view.users.find(items[place]!)
    if (user < 0 || isSuspended(view, user) || isBlockBetween(view, owner, user)) continue
    members.push(user)
    if (members.length === limit) break
  }
  return members
}

const everybody = { before: idMax, limit: listMembersMax }

export class ListRepeats {
  readonly #view: View
  readonly #reader: number
  readonly #members: ReadonlySet<number>
  #looksLeft = repeatLooksMax

  constructor(view: View, of: { readonly reader: number; readonly members: readonly number[] }) {
    this.#view = view
    this.#reader = of.reader
    this.#members = new Set(of.members)
  }

  /** Whether the list shows the original of this retweet in another way; false for any other tweet. */
  has(tweet: number): boolean {
    const { tweets, retweetsOf } = this.#view
    if (!tweets.isRetweet(tweet)) return false
    const original = tweets.originalOf(tweet)
    if (this.#members.has(tweets.authorOf(original))) return true
    const older = retweetsOf.lowerBound(original, tweets.idOf(tweet))
    for (let place = older - 1; place >= 0 && this.#looksLeft > 0; place--) {
      this.#looksLeft--
      const other = tweets.find(retweetsOf.at(original, place))
      if (other < 0 || !this.#members.has(tweets.authorOf(other))) continue
      if (mayRead(this.#view, { reader: this.#reader, tweet: other })) return true
    }
    return false
  }
}
