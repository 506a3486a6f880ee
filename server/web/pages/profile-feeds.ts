// Where the tabs of a profile come from.

import type { TweetId, UserId } from '../../../protocol/ids.ts'
import type { Client } from '../client.ts'
import { pageOf, readTweets, readUsers } from '../parts/read.ts'
import { useClient } from '../parts/use-client.ts'
import { useFeed } from '../parts/use-feed.ts'
import type { Feed } from '../store/feed.ts'
import type { CallAnswer, CallParams } from '../wire/call.ts'

/** The tweets of a tab. */
export function useTabFeed(
  userId: UserId,
  tab: 'tweets' | 'replies' | 'media' | 'favorites',
): Feed<TweetId> {
  const client = useClient()
  return useFeed<TweetId>(`${tab} of ${userId}`, (before) => {
    const page = { userId, ...pageOf(before) }
    if (tab === 'favorites') return readTweets(client, client.call('favorites.list', page))
    return readTweets(client, readOwn(client, { ...page, ...(tab === 'tweets' ? {} : { tab }) }))
  })
}

async function readOwn(
  client: Client,
  params: CallParams<'timeline.user'>,
): Promise<CallAnswer<'timeline.user'>> {
  const answer = await client.call('timeline.user', params)
  if (answer.pinned !== undefined) client.entities.learnTweet(answer.pinned)
  return answer
}

export function useFollowFeed(userId: UserId, tab: 'followers' | 'following'): Feed<UserId> {
  const client = useClient()
  const name = tab === 'followers' ? 'user.followers' : 'user.following'
  return useFeed<UserId>(`${tab} of ${userId}`, (before) =>
    readUsers(client, client.call(name, { userId, ...pageOf(before) })),
  )
}
