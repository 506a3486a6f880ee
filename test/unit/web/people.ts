// What the stores of the web client are tested with: tweets and users as a server sends them, and a server
// that answers what a test says.

import type { Tweet, User } from '../../../protocol/entities.ts'
import type { ErrorBody } from '../../../protocol/errors.ts'
import { RequestFailure } from '../../../protocol/errors.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import type { Call } from '../../../server/web/wire/call.ts'

export function tweet(id: number, more: Partial<Tweet> = {}): Tweet {
  return {
    id: id as TweetId,
    authorId: 1 as UserId,
    text: `tweet ${id}`,
    createdAt: id,
    entities: { mentions: [], hashtags: [], urls: [] },
    counts: { favorites: 0, retweets: 0, replies: 0 },
    ...more,
  }
}

export function user(id: number, more: Partial<User> = {}): User {
  return {
    id: id as UserId,
    handle: `user_${id}`,
    name: `User ${id}`,
    bio: '',
    createdAt: 0,
    protected: false,
    counts: { tweets: 0, followers: 0, following: 0 },
    ...more,
  }
}

export type Asked = {
  readonly name: string
  readonly params: Record<string, unknown>
  readonly answer: (result: unknown) => void
  readonly refuse: (error: ErrorBody) => void
}

/** A server whose answers a test gives, one by one. */
export function fakeServer() {
  const asked: Asked[] = []
  const call = ((name: string, params: Record<string, unknown>) =>
    new Promise((resolve, reject) => {
      const refuse = (error: ErrorBody): void => reject(new RequestFailure(error))
      asked.push({ name, params, answer: resolve, refuse })
    })) as unknown as Call
  return { call, asked, next: () => asked.shift() as Asked }
}

/** Resolves when everything that waits for an answer that was given has gone on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}
