// The comparison of profiles and of the ranked home timeline with the model.

import { expect } from 'vitest'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import type { Model, ModelTweet } from './model.ts'
import { hasPair } from './model-privacy.ts'
import { topHome } from './model-ranking.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

type World = {
  readonly cluster: Pick<SimulatedCluster, 'call' | 'random' | 'nowMs'>
  readonly model: Model
}
type Page = { readonly limit: number; readonly before?: number }
type Answer =
  | { readonly result: { tweets: readonly { id: number }[]; olderCursor?: number } }
  | { readonly error: { readonly message: string } }

/** The profile of one user as another sees it, and the home timeline of the latter. */
export async function compareProfiles(
  { id, reader }: { id: number; reader: number },
  world: World,
): Promise<void> {
  const { cluster, model } = world
  const userId = id as UserId
  const from = { actor: reader }
  const profile = model.profile(id, reader)
  for (const [tab, isIn] of tabs) {
    const params = { userId, tab }
    const found = await readAll(world, (page) =>
      cluster.call('timeline.user', { ...params, ...page }, from),
    )
    expect(found, `I5: ${tab}`).toEqual(idsOf(profile.filter(isIn)))
  }
  const first = await cluster.call('timeline.user', { userId, limit: 1 }, from)
  if ('error' in first) throw new Error(`profile: ${first.error.message}`)
  const pinned = profile.find((tweet) => tweet.id === model.pinned.get(id))
  expect(first.result.pinned?.id, 'I5: pinned').toBe(pinned?.id)
  const favorites = await readAll(world, (page) =>
    cluster.call('favorites.list', { userId, ...page }, from),
  )
  expect(favorites, 'I5: favorites').toEqual(idsOf(favoritesOf(world, { id, reader })))
  await compareMarks({ reader, tweetIds: favorites as TweetId[] }, world)
  // Ids run ahead of a clock that stands still, and what is yet to come does not count.
  cluster.nowMs += 50
  const top = await readAll(world, (page) =>
    cluster.call('timeline.home', { order: 'top', ...page }, from),
  )
  expect(top, 'ranked home').toEqual(idsOf(topHome(model, reader)))
}

/** What a gateway adds to a page of somebody else's favorites. */
async function compareMarks(
  { reader, tweetIds }: { reader: number; tweetIds: readonly TweetId[] },
  { cluster, model }: World,
): Promise<void> {
  const answer = await cluster.call('tweet.marks', { userId: reader as UserId, tweetIds })
  expect(answer).toEqual({
    result: {
      marks: tweetIds.map((id) => ({
        favorited: model.hasFavorite(reader, id),
        retweeted: model.retweetBy(reader, id) !== undefined,
        bookmarked: hasPair(model.bookmarks, reader, id),
      })),
    },
  })
}

const tabs: readonly (readonly [string, (tweet: ModelTweet) => boolean])[] = [
  ['replies', ({ inReplyTo }) => inReplyTo !== undefined],
  ['media', ({ photos }) => photos !== undefined],
]

/** The newest favorite first; of those of somebody else, what everybody may read, and no block hides. */
function favoritesOf(
  { model }: World,
  { id, reader }: { id: number; reader: number },
): ModelTweet[] {
  const nobody = 0
  if (reader !== id && !model.privacy.mayReadUser(reader, id)) return []
  return model.favorites
    .filter(([user]) => user === id)
    .map(([, tweet]) => model.tweet(tweet)!)
    .filter((tweet) => !model.isHidden(reader, tweet))
    .filter((tweet) => reader === id || model.mayRead(nobody, tweet))
    .reverse()
}

function idsOf(tweets: readonly ModelTweet[]): number[] {
  return tweets.map(({ id }) => id)
}

/** The ids of all pages, in pages of random size. */
async function readAll(
  { cluster }: World,
  readPage: (page: Page) => Promise<Answer>,
): Promise<number[]> {
  const found: number[] = []
  let before: number | undefined
  do {
    const limit = 1 + Math.floor(cluster.random() * 8)
    const answer = await readPage({ limit, ...(before === undefined ? {} : { before }) })
    if ('error' in answer) throw new Error(`a page cannot be read: ${answer.error.message}`)
    found.push(...answer.result.tweets.map(({ id }) => id))
    before = answer.result.olderCursor
  } while (before !== undefined)
  return found
}
