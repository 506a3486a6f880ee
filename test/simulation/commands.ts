// The commands of the model test: each does one thing to the cluster and the same to the model, and
// checks the answer against the model at once.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import type { CollectionCommand } from './commands-collections.ts'
import { collectionArbitrary, isCollectionCommand, runCollections } from './commands-collections.ts'
import type { MarkCommand } from './commands-marks.ts'
import { isMarkCommand, markArbitrary, runMarks } from './commands-marks.ts'
import type { MediaCommand } from './commands-media.ts'
import { isMediaCommand, mediaArbitrary, runMedia } from './commands-media.ts'
import type { ModerationCommand } from './commands-moderation.ts'
import { isModerationCommand, moderationArbitrary, runModeration } from './commands-moderation.ts'
import type { NotificationCommand } from './commands-notifications.ts'
import {
  isNotificationCommand,
  notificationArbitrary,
  runNotifications,
} from './commands-notifications.ts'
import type { PrivacyCommand } from './commands-privacy.ts'
import { expectFollow, isPrivacyCommand, privacyArbitrary, runPrivacy } from './commands-privacy.ts'
import type { ProfileCommand } from './commands-profiles.ts'
import { isProfileCommand, profileArbitrary, runProfile } from './commands-profiles.ts'
import type { PromotionCommand } from './commands-promotions.ts'
import { isPromotionCommand, promotionArbitrary, runPromotions } from './commands-promotions.ts'
import type { RetweetCommand } from './commands-retweets.ts'
import { passOn, retweetArbitrary } from './commands-retweets.ts'
import type { World } from './comparison.ts'
import { compareAll, readOwnWrites } from './comparison.ts'
import type { ModelTweet } from './model.ts'
import { without } from './model-privacy.ts'

/** Numbers are taken modulo what is there, so that any command fits any state and shrinks well. */
export type Command =
  | { do: 'post'; user: number; replyTo: number | undefined; isRetried: boolean }
  | { do: 'post and kill'; user: number; shard: number; steps: number }
  | { do: 'delete'; user: number; tweet: number }
  | { do: 'follow' | 'unfollow'; user: number; other: number }
  | { do: 'favorite' | 'unfavorite'; user: number; tweet: number }
  | RetweetCommand
  | PrivacyCommand
  | CollectionCommand
  | ModerationCommand
  | MediaCommand
  | MarkCommand
  | NotificationCommand
  | PromotionCommand
  | ProfileCommand
  | { do: 'read home'; user: number }
  | { do: 'sign up'; handle: number }
  | { do: 'restart'; shard: number }
  | { do: 'let time pass'; ms: number; steps: number }
  | { do: 'compare' }

const n = fc.nat({ max: 1000 })

export const commandArbitrary: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      do: fc.constant('post' as const),
      user: n,
      replyTo: fc.option(n, { nil: undefined, freq: 3 }),
      isRetried: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('post and kill' as const),
      user: n,
      shard: n,
      steps: fc.nat({ max: 6 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('delete' as const), user: n, tweet: n }) },
  {
    weight: 24,
    arbitrary: fc.record({
      do: fc.constantFrom('follow' as const, 'follow' as const, 'unfollow' as const),
      user: n,
      other: n,
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constantFrom('favorite' as const, 'favorite' as const, 'unfavorite' as const),
      user: n,
      tweet: n,
    }),
  },
  { weight: 14, arbitrary: retweetArbitrary },
  { weight: 14, arbitrary: privacyArbitrary },
  { weight: 10, arbitrary: mediaArbitrary },
  { weight: 12, arbitrary: markArbitrary },
  { weight: 4, arbitrary: notificationArbitrary },
  { weight: 5, arbitrary: profileArbitrary },
  { weight: 14, arbitrary: collectionArbitrary },
  { weight: 2, arbitrary: moderationArbitrary },
  { weight: 1, arbitrary: promotionArbitrary },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('read home' as const), user: n }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('sign up' as const), handle: fc.nat({ max: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), shard: n }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('let time pass' as const),
      ms: fc.nat({ max: 50 }),
      steps: fc.nat({ max: 30 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('compare' as const) }) },
)

/** A command that needs a user or a tweet, where there is none yet, does nothing. */
export async function run(command: Command, world: World): Promise<void> {
  const { cluster, model } = world
  switch (command.do) {
    case 'sign up':
      return signUp(`user_${command.handle}`, world)
    case 'restart':
      return cluster.restart(command.shard)
    case 'let time pass':
      cluster.nowMs += command.ms
      for (let step = 0; step < command.steps; step++) await cluster.step()
      return
    case 'compare':
      return compareAll(world)
  }
  if (isModerationCommand(command)) {
    return model.users.length === 0 ? undefined : runModeration(command, world)
  }
  if (isPromotionCommand(command)) return runPromotions(command, world)
  const user = pick(model.users, command.user)?.id
  if (user === undefined) return
  if (isPrivacyCommand(command)) return runPrivacy(command, world)
  if (isMediaCommand(command)) return runMedia(command, world)
  if (isMarkCommand(command)) return runMarks(command, world)
  if (isNotificationCommand(command)) return runNotifications(command, world)
  if (isProfileCommand(command)) return runProfile(command, world)
  if (isCollectionCommand(command)) return runCollections(command, world)
  if (command.do === 'post') return post(command, user, world)
  if (command.do === 'post and kill') return postAndKill(command, user, world)
  if (command.do === 'read home') return readOwnWrites(user, world)
  if ('other' in command) {
    return changeFollow(command.do, { user, other: pick(model.users, command.other)!.id }, world)
  }
  const tweet = pick(model.tweets, command.tweet)
  if (tweet === undefined) return
  if (command.do === 'delete') return deleteTweet(tweet, user, world)
  if (command.do === 'retweet' || command.do === 'unretweet' || command.do === 'quote') {
    return passOn(command.do, { user, tweet }, world)
  }
  return changeFavorite(command.do, { user, tweet }, world)
}

function pick<T>(list: readonly T[], number: number): T | undefined {
  return list[number % list.length]
}

async function signUp(handle: string, { cluster, model }: World): Promise<void> {
  const answer = await cluster.call('account.create', {
    handle,
    name: handle,
    password: 'password',
  })
  if (model.reserved.has(handle) || model.users.some((user) => user.handle === handle)) {
    expect(answer).toMatchObject({ error: { code: 'handle_taken' } })
    return
  }
  if ('error' in answer) throw new Error(`sign-up: ${answer.error.message}`)
  model.users.push({ id: answer.result.user.id, handle, name: handle })
}

async function post(
  { replyTo, isRetried }: { replyTo: number | undefined; isRetried: boolean },
  user: number,
  { cluster, model }: World,
): Promise<void> {
  const target = replyTo === undefined ? undefined : pick(model.tweets, replyTo)
  const text = `tweet ${model.tweets.length}`
  const operationId = isRetried ? `operation-${model.tweets.length}` : undefined
  const params = {
    text,
    ...(target === undefined ? {} : { inReplyTo: target.id as TweetId }),
    ...(operationId === undefined ? {} : { operationId }),
  }
  const sent = isRetried ? cluster.send('tweet.post', params, { actor: user }) : undefined
  const answer = await cluster.call('tweet.post', params, { actor: user })
  // A delete that has not reached this shard yet does not stop a reply.
  if (target !== undefined && model.isHidden(user, target) && 'error' in answer) {
    expect(answer).toMatchObject({ error: { code: 'not_found', field: 'inReplyTo' } })
    return
  }
  if ('error' in answer) throw new Error(`post: ${answer.error.message}`)
  if (target !== undefined) expect(model.mayRead(user, target), 'I5').toBe(true)
  expect(answer.result.tweet).toMatchObject({ authorId: user, text })
  const first = await sent
  if (first !== undefined && 'result' in first) {
    expect(first.result.tweet.id, 'I2: a retry takes effect once').toBe(answer.result.tweet.id)
  }
  model.tweets.push({
    id: answer.result.tweet.id,
    author: user,
    text,
    inReplyTo: target && model.original(target).id,
    isDeleted: false,
  })
}

/** The shard dies somewhere between the request and its answer; a retry must take effect once. */
async function postAndKill(
  { shard, steps }: { shard: number; steps: number },
  user: number,
  { cluster, model }: World,
): Promise<void> {
  const text = `survivor ${model.tweets.length}`
  const params = { text, operationId: `killed-${model.tweets.length}` }
  const first = cluster.send('tweet.post', params, { actor: user })
  let acknowledged: number | undefined
  void first.then((answer) => {
    if ('result' in answer) acknowledged = answer.result.tweet.id
  })
  for (let step = 0; step < steps; step++) await cluster.step()
  const acknowledgedBefore = acknowledged
  await cluster.restart(shard)
  const answer = await cluster.call('tweet.post', params, { actor: user })
  if ('error' in answer) throw new Error(`post after a kill: ${answer.error.message}`)
  if (acknowledgedBefore !== undefined) {
    expect(answer.result.tweet.id, 'I1: acknowledged is kept').toBe(acknowledgedBefore)
  }
  model.tweets.push({
    id: answer.result.tweet.id,
    author: user,
    text,
    inReplyTo: undefined,
    isDeleted: false,
  })
}

async function deleteTweet(
  tweet: ModelTweet,
  user: number,
  { cluster, model }: World,
): Promise<void> {
  const answer = await cluster.call(
    'tweet.delete',
    { tweetId: tweet.id as TweetId },
    { actor: user },
  )
  if (tweet.author !== user) {
    const code = model.isHidden(user, tweet) ? /not_found|forbidden/ : /forbidden/
    expect(answer).toMatchObject({ error: { code: expect.stringMatching(code) } })
  } else if (tweet.isDeleted) {
    expect(answer).toMatchObject({ error: { code: 'not_found' } })
  } else if (model.isGone(tweet) && 'error' in answer) {
    expect(answer).toMatchObject({ error: { code: 'not_found' } })
  } else {
    expect(answer).toMatchObject({ result: { tweet: { id: tweet.id } } })
    tweet.isDeleted = true
  }
}

async function changeFollow(
  change: 'follow' | 'unfollow',
  { user, other }: { user: number; other: number },
  { cluster, model }: World,
): Promise<void> {
  const answer = await cluster.call(`user.${change}`, { userId: other as UserId }, { actor: user })
  if (user === other) {
    if (change === 'follow') expect(answer).toMatchObject({ error: { code: 'cannot_follow_self' } })
    return
  }
  if (change === 'follow') return expectFollow(answer, { user, other }, { model })
  expect(answer).toMatchObject({ result: { user: { viewer: { following: false } } } })
  model.unfollow(user, other)
  model.privacy.requests = without(model.privacy.requests, [user, other])
}

async function changeFavorite(
  change: 'favorite' | 'unfavorite',
  { user, tweet }: { user: number; tweet: ModelTweet },
  { cluster, model }: World,
): Promise<void> {
  const tweetId = tweet.id as TweetId
  const answer = await cluster.call(`tweet.${change}`, { tweetId }, { actor: user })
  if ('error' in answer) {
    // A delete may not have reached this shard yet; then the favorite goes to a tweet that is gone.
    expect(model.isHidden(user, tweet) && answer.error.code === 'not_found').toBe(true)
    return
  }
  if (change === 'favorite') expect(model.mayRead(user, tweet), 'I5').toBe(true)
  model[change](user, tweet.id)
}
