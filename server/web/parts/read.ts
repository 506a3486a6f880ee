// Reads pages of lists into the store: what a list keeps is ids.

import type { Tweet, User } from '../../../protocol/entities.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import type { Client } from '../client.ts'
import type { FeedPage } from '../store/feed.ts'
import { pageLimit } from '../wire/limits.ts'

/** The parameters of a page. */
export function pageOf(before: number | undefined): { before?: number; limit: number } {
  return before === undefined ? { limit: pageLimit } : { before, limit: pageLimit }
}

export async function readTweets(
  client: Client,
  answer: Promise<{
    readonly tweets: readonly Tweet[]
    readonly referenced?: readonly Tweet[]
    readonly users: readonly User[]
    readonly olderCursor?: number
  }>,
): Promise<FeedPage<TweetId>> {
  const page = await answer
  client.entities.learn(page)
  return { ids: page.tweets.map(({ id }) => id), olderCursor: page.olderCursor }
}

export async function readUsers(
  client: Client,
  answer: Promise<{ readonly users: readonly User[]; readonly olderCursor?: number }>,
): Promise<FeedPage<UserId>> {
  const page = await answer
  client.entities.learn(page)
  return { ids: page.users.map(({ id }) => id), olderCursor: page.olderCursor }
}
