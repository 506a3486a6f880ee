// The lists of pages: as they were left for whoever comes back to them, read anew for whoever comes by a link.

import { useMemo } from 'preact/hooks'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { hasComeBack } from '../navigation.ts'
import type { Feed, FeedPage } from '../store/feed.ts'
import { useClient } from './use-client.ts'

/** @param name what it lists: lists of one name are one list */
export function useFeed<Id extends TweetId | UserId>(
  name: string,
  read: (before: number | undefined) => Promise<FeedPage<Id>>,
): Feed<Id> {
  const client = useClient()
  return useMemo(() => {
    if (!hasComeBack()) client.forgetFeed(name)
    return client.feed(name, read)
  }, [client, name])
}
