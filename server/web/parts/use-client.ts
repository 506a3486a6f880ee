// How parts of the page reach the client, and how they watch its cells.

import { createContext } from 'preact'
import { useContext, useLayoutEffect, useState } from 'preact/hooks'
import type { Tweet, User } from '../../../protocol/entities.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import type { Client } from '../client.ts'
import type { Cell } from '../store/cell.ts'
import type { Known } from '../store/entities.ts'

export const ClientContext = createContext<Client | undefined>(undefined)

export function useClient(): Client {
  const client = useContext(ClientContext)
  if (client === undefined) throw new Error('a part of the page stands outside of the client')
  return client
}

/** The value of a cell; the part is drawn again when it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [, draw] = useState(0)
  useLayoutEffect(() => {
    const seen = cell.value
    const stop = cell.watch(() => draw((count) => count + 1))
    // It may have changed between drawing and watching.
    if (seen !== cell.value) draw((count) => count + 1)
    return stop
  }, [cell])
  return cell.value
}

export function useTweet(id: TweetId): Known<Tweet> | undefined {
  return useCell(useClient().entities.tweetCell(id))
}

export function useUser(id: UserId): User | undefined {
  return useCell(useClient().entities.userCell(id))
}

/** The signed-in reader, once they are known. */
export function useViewer(): User | undefined {
  const client = useClient()
  return useCell(client.entities.userCell(client.viewerId ?? (0 as UserId)))
}
