// Commands of the model test that have to do with profiles: pinned tweets.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { TweetId } from '../../protocol/ids.ts'
import type { World } from './comparison.ts'

export type ProfileCommand = { do: 'pin' | 'unpin'; user: number; tweet: number }

const n = fc.nat({ max: 1000 })

export const profileArbitrary: fc.Arbitrary<ProfileCommand> = fc.record({
  do: fc.constantFrom('pin' as const, 'pin' as const, 'unpin' as const),
  user: n,
  tweet: n,
})

export function isProfileCommand<C extends { do: string }>(
  command: C | ProfileCommand,
): command is ProfileCommand {
  return command.do === 'pin' || command.do === 'unpin'
}

/** Does it to the cluster and to the model. The user is often the author: others may not. */
export async function runProfile(command: ProfileCommand, { cluster, model }: World) {
  const { users, tweets } = model
  const tweet = tweets[command.tweet % Math.max(1, tweets.length)]
  if (tweet === undefined) return
  const isOwn = command.user % 4 > 0 && users.some(({ id }) => id === tweet.author)
  const user = isOwn ? tweet.author : users[command.user % users.length]!.id
  const params = { tweetId: tweet.id as TweetId }
  const answer = await cluster.call(`tweet.${command.do}`, params, { actor: user })
  if ('error' in answer) {
    const { code } = answer.error
    const mayNot = tweet.author !== user || tweet.retweetOf !== undefined
    const isForAll = (tweet.visibility ?? 'everyone') === 'everyone'
    if (code === 'cannot_pin') expect(mayNot || !isForAll).toBe(true)
    else
      expect({ code, isHidden: model.isHidden(user, tweet) }).toEqual({
        code: 'not_found',
        isHidden: true,
      })
    return
  }
  if (command.do === 'pin') model.pinned.set(user, tweet.id)
  else if (model.pinned.get(user) === tweet.id) model.pinned.delete(user)
}
