// Commands of the model test that have to do with privacy.
//
// A block or an answer to a request is heard of elsewhere a moment later, so after each of them everything is
// let arrive; some are raced by a follow or an unfollow of the other one, which is then on its way, and
// whose outcome must not depend on who comes first.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import type { World } from './comparison.ts'
import { hasPair, without } from './model-privacy.ts'

const between = ['block', 'unblock', 'mute', 'unmute', 'approve', 'reject'] as const
const words = ['survivor', 'tweet']

export type PrivacyCommand =
  | { do: (typeof between)[number]; user: number; other: number; isRaced: boolean }
  | { do: 'protect' | 'open'; user: number }
  | { do: 'mute word' | 'unmute word'; user: number; word: number }
  | { do: 'post to few'; user: number; other: number; isForFollowers: boolean }

const n = fc.nat({ max: 1000 })

export const privacyArbitrary: fc.Arbitrary<PrivacyCommand> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(...between),
      user: n,
      other: n,
      isRaced: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('protect' as const, 'open' as const), user: n }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('mute word' as const, 'unmute word' as const),
      user: n,
      word: n,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('post to few' as const),
      user: n,
      other: n,
      isForFollowers: fc.boolean(),
    }),
  },
)

export function isPrivacyCommand<C extends { do: string }>(
  command: C | PrivacyCommand,
): command is PrivacyCommand {
  const others = ['protect', 'open', 'mute word', 'unmute word', 'post to few']
  return [...between, ...others].includes(command.do as 'block')
}

/** Does it to the cluster and to the model. */
export async function runPrivacy(command: PrivacyCommand, world: World): Promise<void> {
  const { users } = world.model
  const user = users[command.user % users.length]!.id
  if ('word' in command) return muteWord(command.do, { user, word: command.word }, world)
  if (!('other' in command)) return protect(command.do, user, world)
  const { id: other, handle } = users[command.other % users.length]!
  if (command.do === 'post to few') {
    return postToFew(command, { user, other, handle }, world)
  }
  if (command.do === 'mute' || command.do === 'unmute') {
    return mute(command.do, { user, other }, world)
  }
  await world.cluster.settle()
  if (command.do === 'block' || command.do === 'unblock') {
    await block(command as { do: 'block'; isRaced: boolean }, { user, other }, world)
  } else {
    await answer(command as { do: 'approve'; isRaced: boolean }, { user, other }, world)
  }
  await world.cluster.settle()
}

type Two = { readonly user: number; readonly other: number }

async function protect(
  change: 'protect' | 'open',
  user: number,
  { cluster, model }: World,
): Promise<void> {
  const isProtected = change === 'protect'
  const called = await cluster.call('user.update', { protected: isProtected }, { actor: user })
  expect(called).toMatchObject({ result: { user: { protected: isProtected } } })
  if (isProtected) model.privacy.protected.add(user)
  else model.privacy.protected.delete(user)
  model.privacy.hiddenOnce.add(user)
  await cluster.settle()
}

async function mute(
  change: 'mute' | 'unmute',
  { user, other }: Two,
  { cluster, model }: World,
): Promise<void> {
  const params = { userId: other as UserId }
  const called = await cluster.call(`user.${change}`, params, { actor: user })
  if (user === other) return
  const muting = change === 'mute'
  expect(called).toMatchObject({ result: { user: { viewer: { muting } } } })
  const { privacy } = model
  privacy.mutes = without(privacy.mutes, [user, other])
  if (muting) privacy.mutes.push([user, other])
}

async function muteWord(
  change: 'mute word' | 'unmute word',
  { user, word: number }: { user: number; word: number },
  { cluster, model }: World,
): Promise<void> {
  const word = words[number % words.length]!
  const name = change === 'mute word' ? 'mutes.addWord' : 'mutes.removeWord'
  expect(await cluster.call(name, { word }, { actor: user })).toEqual({ result: {} })
  const { privacy } = model
  privacy.words = without(privacy.words, [user, word])
  if (change === 'mute word') privacy.words.push([user, word])
}

async function postToFew(
  { isForFollowers }: { isForFollowers: boolean },
  { user, other, handle }: Two & { handle: string },
  { cluster, model }: World,
): Promise<void> {
  const visibility = isForFollowers ? 'followers' : 'mentioned'
  const text = `@${handle} whisper ${model.tweets.length}`
  const called = await cluster.call('tweet.post', { text, visibility }, { actor: user })
  if ('error' in called) throw new Error(`post: ${called.error.message}`)
  const { id, entities } = called.result.tweet
  const told = entities.mentions.flatMap(({ userId }) => userId ?? [])
  const few = { visibility, mentions: [other], told } as const
  model.tweets.push({ id, author: user, text, inReplyTo: undefined, isDeleted: false, ...few })
}

/** Raced by a follow of the one who is blocked: neither that nor any older one outlives the block. */
async function block(
  { do: change, isRaced }: { do: 'block' | 'unblock'; isRaced: boolean },
  { user, other }: Two,
  { cluster, model }: World,
): Promise<void> {
  const { privacy } = model
  const isNew = !hasPair(privacy.blocks, user, other)
  const racing =
    isRaced && change === 'block' && isNew
      ? cluster.send('user.follow', { userId: user as UserId }, { actor: other })
      : undefined
  const params = { userId: other as UserId }
  const called = await cluster.call(`user.${change}`, params, { actor: user })
  await cluster.settle()
  await racing
  if (user === other) return
  const blocking = change === 'block'
  expect(called).toMatchObject({
    result: { user: { viewer: { blocking, following: expect.any(Boolean) } } },
  })
  privacy.blocks = without(privacy.blocks, [user, other])
  if (!blocking) return
  privacy.blocks.push([user, other])
  for (const pair of [
    [user, other],
    [other, user],
  ] as [number, number][]) {
    model.unfollow(...pair)
    privacy.requests = without(privacy.requests, pair)
  }
}

/** Raced by whoever has asked taking it back: then nobody follows, whoever comes first. */
async function answer(
  { do: verdict, isRaced }: { do: 'approve' | 'reject'; isRaced: boolean },
  { user, other }: Two,
  { cluster, model }: World,
): Promise<void> {
  const { privacy } = model
  const isWaiting = privacy.hasAsked(other, user)
  const racing =
    isRaced && isWaiting
      ? cluster.send('user.unfollow', { userId: user as UserId }, { actor: other })
      : undefined
  const params = { userId: other as UserId }
  const called = await cluster.call(`user.${verdict}Follow`, params, { actor: user })
  await cluster.settle()
  await racing
  if (!isWaiting) {
    expect(called).toMatchObject({ error: { code: 'no_request' } })
    return
  }
  if (racing === undefined) expect(called).toMatchObject({ result: { user: { id: other } } })
  privacy.requests = without(privacy.requests, [other, user])
  if (verdict !== 'approve') return
  if ('result' in called) model.notifications.approved.push([user, other])
  if (racing === undefined) model.follow(other, user)
}

/** What a follow did that was answered; the answer must fit what the model knows. */
export function expectFollow(
  called: unknown,
  { user, other }: Two,
  { model }: Pick<World, 'model'>,
): void {
  const { privacy } = model
  if (privacy.isBlockBetween(user, other)) {
    expect(called).toMatchObject({ error: { code: 'blocked' } })
    return
  }
  const requested = privacy.protected.has(other) && !model.doesFollow(user, other)
  const viewer = { following: !requested, requested }
  expect(called).toMatchObject({ result: { user: { viewer } } })
  privacy.requests = without(privacy.requests, [user, other])
  if (requested) privacy.requests.push([user, other])
  else if (!model.doesFollow(user, other)) {
    model.notifications.followed.push([user, other])
    model.follow(user, other)
  }
}
