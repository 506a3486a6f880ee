// Commands of the model test that operators do. A suspension lasts for one command, in which nothing else
// happens but that a shard may die: everything is hidden, and everything is back afterwards.

import fc from 'fast-check'
import { expect } from 'vitest'
import { hashToken } from '../../protocol/credentials.ts'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import type { World } from './comparison.ts'

export type ModerationCommand =
  | { do: 'suspend for a while'; user: number; restarted: number | undefined }
  | { do: 'remove'; tweet: number }

const n = fc.nat({ max: 1000 })
const action = { by: 'moira', reason: 'a test' }

export const moderationArbitrary: fc.Arbitrary<ModerationCommand> = fc.oneof(
  fc.record({
    do: fc.constant('suspend for a while' as const),
    user: n,
    restarted: fc.option(n, { nil: undefined }),
  }),
  fc.record({ do: fc.constant('remove' as const), tweet: n }),
)

export function isModerationCommand<C extends { do: string }>(
  command: C | ModerationCommand,
): command is ModerationCommand {
  return command.do === 'suspend for a while' || command.do === 'remove'
}

/** Does it to the cluster and to the model. */
export async function runModeration(command: ModerationCommand, world: World): Promise<void> {
  const { cluster, model } = world
  if (command.do === 'remove') return remove(command.tweet, world)
  const { id, handle } = model.users[command.user % model.users.length]!
  const suspended = await cluster.call('user.suspend', { handle, ...action })
  expect(suspended).toEqual({ result: { userId: id } })
  model.privacy.suspended.add(id)
  model.privacy.hiddenOnce.add(id)
  model.accounts.endSessions(([user]) => user === id)
  const act = await cluster.call('tweet.post', { text: 'let me' }, { actor: id })
  expect(act).toMatchObject({ error: { code: 'forbidden' } })
  await expectShutOut({ id, handle }, world)
  if (command.restarted !== undefined) await cluster.restart(command.restarted)
  await cluster.settle()
  for (const reader of model.users) if (reader.id !== id) await compareHome(reader.id, world)
  await cluster.call('user.unsuspend', { handle, ...action })
  model.privacy.suspended.delete(id)
  const about = { userId: id as UserId, ...action }
  model.operators.actions.push({ action: 'suspend', ...about }, { action: 'unsuspend', ...about })
  await cluster.settle()
}

/** Nobody signs in, and no key is good, until the suspension is over. */
async function expectShutOut(
  { id, handle }: { id: number; handle: string },
  { cluster, model }: World,
): Promise<void> {
  const session = await cluster.call('session.create', { handle, password: 'password' })
  expect(session).toMatchObject({ error: { code: 'suspended' } })
  const app = model.accounts.apps.find(({ owner }) => owner === id)
  if (app === undefined) return
  const key = { userId: id as UserId, keyHash: hashToken(app.key) }
  for (const name of ['app.identify', 'app.takeQuota'] as const) {
    const answer = await cluster.call(name, key)
    expect(answer, name).toMatchObject({ error: { code: 'unauthenticated' } })
  }
}

async function compareHome(reader: number, { cluster, model }: World): Promise<void> {
  const answer = await cluster.call('timeline.home', { limit: 100 }, { actor: reader })
  if ('error' in answer) throw new Error(`home: ${answer.error.message}`)
  const expected = model.home(reader).slice(0, 100)
  expect(
    answer.result.tweets.map((tweet) => tweet.id as number),
    'I5: nothing of a suspended account',
  ).toEqual(expected.map(({ id }) => id))
}

async function remove(number: number, { cluster, model }: World): Promise<void> {
  const tweet = model.tweets[number % model.tweets.length]
  if (tweet === undefined) return
  const tweetId = tweet.id as TweetId
  const answer = await cluster.call('tweet.remove', { tweetId, ...action })
  if ('result' in answer) {
    expect(answer.result).toEqual({ tweetId, authorId: tweet.author })
    tweet.isDeleted = true
    const about = { userId: tweet.author as UserId, tweetId }
    model.operators.actions.push({ action: 'remove', ...about, ...action })
  } else if (answer.error.code === 'is_retweet') expect(tweet.retweetOf).toBeDefined()
  else {
    expect(answer.error.code).toBe('not_found')
    expect(model.isGone(tweet)).toBe(true)
  }
}
