// One user's reading of a server: their client, what the oracle knows, and what was found to be different.

import type { UserId } from '../../protocol/ids.ts'
import { pageLimitMax } from '../../protocol/limits.ts'
import type { Client } from '../client/client.ts'
import type { KnownTweet, KnownUser, World } from '../oracle/oracle.ts'
import { Random } from '../std/random.ts'
import type { Difference, DifferenceKind, Page } from './compare.ts'
import { compareTweets } from './compare.ts'
import { compareIds } from './compare-lists.ts'

type TweetsPage = Page & { readonly olderCursor?: number }
type Paging = { limit: number; before?: number }
/** What a user reads as whom. */
export type ReadingParts = {
  readonly client: Client
  readonly world: World
  readonly reader: KnownUser
}

/** Entries of one page: nearly all lists of the features are on one. */
export const limit = pageLimitMax

export class Reading {
  readonly client: Client
  readonly world: World
  readonly reader: KnownUser
  /** By the reader's name: whoever is read again, because something was still under way, reads the same. */
  readonly random: Random
  readonly differences: Difference[] = []

  constructor({ client, world, reader }: ReadingParts) {
    this.client = client
    this.world = world
    this.reader = reader
    this.random = new Random(`reads of ${reader.handle}`)
  }

  readonly add = (kind: DifferenceKind, problems: readonly string[]): void => {
    for (const what of problems) this.differences.push({ kind, what })
  }

  addIds(
    what: string,
    shown: readonly number[],
    expected: { readonly expected: readonly number[]; readonly isOrdered: boolean },
  ): void {
    this.add('relation', compareIds(what, shown, expected))
  }

  /** Reads all pages of a list of tweets, which go on as long as there is an older one, and compares them. */
  async tweets(
    kind: DifferenceKind,
    tweets: readonly KnownTweet[],
    read: (page: Paging) => Promise<TweetsPage>,
  ): Promise<void> {
    const pages: TweetsPage[] = []
    let before: number | undefined
    do {
      const page = await read(before === undefined ? { limit } : { limit, before })
      pages.push(page)
      before = page.olderCursor
    } while (before !== undefined && pages.length <= tweets.length + 10)
    const readerId = this.reader.id
    const expected = { tweets, world: this.world }
    this.differences.push(...compareTweets({ pages, readerId }, expected, kind))
  }

  /** The ids of all pages of a list of tweets whose order is not known. */
  async ids(read: (page: Paging) => Promise<TweetsPage>): Promise<number[]> {
    const ids: number[] = []
    let before: number | undefined
    do {
      const { tweets, olderCursor } = await read(
        before === undefined ? { limit } : { limit, before },
      )
      ids.push(...tweets.map((tweet) => tweet.id))
      before = olderCursor
    } while (before !== undefined && ids.length <= this.world.tweets.size)
    return ids
  }

  /** The ids of all pages of a list of users. */
  async users(
    name:
      | 'user.followers'
      | 'user.following'
      | 'user.blocked'
      | 'user.muted'
      | 'user.followRequests'
      | 'list.members',
    of: { readonly userId?: UserId; readonly listId?: number },
  ): Promise<number[]> {
    const ids: number[] = []
    let before: number | undefined
    do {
      const page = { limit, ...of, ...(before === undefined ? {} : { before }) }
      const { users, olderCursor } = await this.client.call(name, page as never)
      ids.push(...users.map((user) => user.id as number))
      before = olderCursor
    } while (before !== undefined && ids.length <= this.world.users.size)
    return ids
  }
}
